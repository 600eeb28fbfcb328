import Glibc

/// Why a video or picture could not be read or written.
public struct MediaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller can act on; the command line gives each its own exit code.
    public enum Kind: Sendable, Equatable, CaseIterable {
        /// The request makes no sense: an output format that is not known, a picture of the wrong size.
        case usage
        /// The input is there but can't be decoded, or holds no picture.
        case badData
        /// The input is not there or may not be read.
        case noInput
        /// A program that is needed is not installed.
        case missingTool
        /// The output exists already, or its folder does not.
        case cannotCreate
        /// Reading or writing failed underway: a full disk, a child that died.
        case inputOutput
        /// Whoever read standard output went away, as `head` does.
        case brokenPipe
        /// Some of the input could not be decoded; what could was delivered.
        case partial
        /// Stopped on request.
        case cancelled
    }

    /// What a caller can act on.
    public let kind: Kind
    /// What happened, where, and what to do.
    public let description: String

    /// An error from its parts.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// A write failed with an error number.
    static func writing(_ name: String, failed code: Int32) -> MediaError {
        switch code {
        case EPIPE: MediaError(.brokenPipe, "\(name): nobody reads it any more")
        case ENOSPC, EDQUOT:
            MediaError(.inputOutput, "\(name): the disk is full; free some space and try again")
        default: MediaError(.inputOutput, "\(name): writing failed: \(systemMessage(code))")
        }
    }

    /// A tool is not installed.
    static func missing(_ tool: String) -> MediaError {
        MediaError(
            .missingTool,
            "\(tool) is needed to read and write video and was not found; install it: apt-get install ffmpeg")
    }
}
