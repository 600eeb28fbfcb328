/// The programs that decode and encode: names to be found in `PATH`, or paths.
public struct MediaTools: Sendable, Equatable {
    /// The encoder and decoder.
    public var ffmpeg: String
    /// The program that tells what is in a file.
    public var ffprobe: String

    /// Tools by name or path.
    public init(ffmpeg: String = "ffmpeg", ffprobe: String = "ffprobe") {
        self.ffmpeg = ffmpeg
        self.ffprobe = ffprobe
    }

    /// Inputs may open nothing but files and pipes, and no play lists, which would name other files.
    static let inputGuard = [
        "-protocol_whitelist", "file,pipe", "-format_whitelist",
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,gif,apng,asf,ogg,nut,ivf,obu,av1,mxf,rm,wtv,"
            + "yuv4mpegpipe,h264,hevc,m4v,vc1,mjpeg,dv,wav,mp3,aac,flac,ac3,caf,aiff,image2,png_pipe,jpeg_pipe,jpegxl_pipe,"
            + "webp_pipe,bmp_pipe,tiff_pipe,gif_pipe,ppm_pipe,pgm_pipe,pam_pipe,tga_pipe,psd_pipe,exr_pipe,dpx_pipe,j2k_pipe",
    ]
}
