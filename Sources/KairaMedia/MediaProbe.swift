import Foundation

/// Asks ffprobe what an input is.
enum MediaProbe {
    /// The fields of ffprobe's JSON that are used; all of them may be missing or nonsense.
    private struct Output: Decodable {
        struct Stream: Decodable {
            var codec_type: String?
            var codec_name: String?
            var width: Int?
            var height: Int?
            var sample_aspect_ratio: String?
            var r_frame_rate: String?
            var avg_frame_rate: String?
            var duration: String?
            var nb_frames: String?
            var side_data_list: [SideData]?
            var disposition: [String: Int]?
        }
        struct SideData: Decodable {
            var rotation: Double?
        }
        struct Format: Decodable {
            var duration: String?
            var format_name: String?
        }
        var streams: [Stream]?
        var format: Format?
    }

    /// Describes the first real video stream of a file.
    ///
    /// - Throws: `noInput` where the file is not there, `badData` where it holds no video.
    static func probe(_ path: String, maximumSize: Int?) throws(MediaError) -> MediaInformation {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .noInput(path: path, reason: "there is no such file")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .noInput(path: path, reason: "it may not be read: check its permissions")
        }
        if let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int, size == 0 {
            throw .badData(path: path, reason: "the file is empty")
        }
        let child = try ChildProcess(
            "ffprobe",
            [
                "-v", "error", "-protocol_whitelist", "file,pipe", "-print_format", "json", "-show_streams",
                "-show_format", "-i", FFmpegArguments.fileURL(path),
            ], takesInput: false)
        let json = child.readAll(limit: 16 << 20)
        let status = child.wait()
        guard status == 0, let output = try? JSONDecoder().decode(Output.self, from: Data(json)) else {
            let reason = child.errorText
            throw .badData(
                path: path,
                reason: "it is no video or picture that ffmpeg can read\(reason.isEmpty ? "" : ": " + reason)")
        }
        let streams = output.streams ?? []
        let hasAudio = streams.contains { $0.codec_type == "audio" }
        let video = streams.first { $0.codec_type == "video" && ($0.disposition?["attached_pic"] ?? 0) == 0 }
        guard let video else {
            throw .badData(
                path: path,
                reason: hasAudio ? "it holds sound but no video: give a file with a picture" : "it holds no video")
        }
        guard let width = video.width, let height = video.height, width > 0, height > 0, width <= 1 << 15,
            height <= 1 << 15
        else { throw .badData(path: path, reason: "its video stream has no usable size") }

        let turned = Int((video.side_data_list?.compactMap(\.rotation).first ?? 0).rounded())
        let rotation = ((-turned % 360) + 360) % 360
        var (shownWidth, shownHeight) = (width, height)
        if let aspect = video.sample_aspect_ratio?.split(separator: ":").compactMap({ Double($0) }), aspect.count == 2,
            aspect[0] > 0, aspect[1] > 0, aspect[0] != aspect[1]
        {
            shownWidth = min(max(Int((Double(width) * aspect[0] / aspect[1]).rounded()), 1), 1 << 15)
        }
        if rotation == 90 || rotation == 270 { swap(&shownWidth, &shownHeight) }
        var (outWidth, outHeight) = (shownWidth, shownHeight)
        if let maximumSize, max(outWidth, outHeight) > maximumSize {
            let scale = Double(maximumSize) / Double(max(outWidth, outHeight))
            outWidth = max(Int((Double(outWidth) * scale).rounded()), 1)
            outHeight = max(Int((Double(outHeight) * scale).rounded()), 1)
        }
        let average = video.avg_frame_rate.flatMap(FrameRate.init(text:))
        let nominal = video.r_frame_rate.flatMap(FrameRate.init(text:))
        let rate = average ?? nominal ?? FrameRate(25)
        let duration = (video.duration ?? output.format?.duration).flatMap(Double.init)
        let counted = video.nb_frames.flatMap { Int($0) }
        let uneven = average.flatMap { a in nominal.map { n in abs(a.value - n.value) > 0.01 * n.value } } ?? false
        let still = ["png_pipe", "jpeg_pipe", "image2", "webp_pipe", "bmp_pipe", "tiff_pipe"]
            .contains(output.format?.format_name ?? "")
        return MediaInformation(
            kind: still ? .image : .video, width: outWidth, height: outHeight, sourceWidth: shownWidth,
            sourceHeight: shownHeight, frameRate: rate, hasVariableFrameRate: uneven, duration: duration,
            frameCount: still ? 1 : counted ?? duration.map { max(Int(($0 * rate.value).rounded()), 0) },
            hasAudio: hasAudio, rotation: rotation, codec: video.codec_name ?? "unknown")
    }
}

/// Pieces of ffmpeg's command line.
enum FFmpegArguments {
    /// A path as an address that is never taken for an option or another protocol.
    static func fileURL(_ path: String) -> String { "file:" + (path.hasPrefix("/") ? path : "./" + path) }
}
