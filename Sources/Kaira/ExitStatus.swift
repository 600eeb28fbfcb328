/// The exit codes of `kaira`, the same for every command; those above 2 follow `sysexits.h`.
public enum ExitStatus: Int32, Error, Sendable {
    /// Failed in a way that no other code names; a comparison found a difference.
    case failed = 1
    /// Done in part: an output was written, but not all that was asked for is in it.
    case partial = 2
    /// The command line makes no sense.
    case usage = 64
    /// The input was read but is damaged or says nothing usable.
    case badData = 65
    /// The input is not there.
    case noInput = 66
    /// A tool, driver or model is missing.
    case unavailable = 69
    /// A bug in Kaira.
    case bug = 70
    /// The output exists or cannot be created.
    case cannotCreate = 73
    /// Reading or writing failed half-way.
    case inputOutput = 74
    /// Interrupted by Ctrl-C.
    case interrupted = 130
}
