import Glibc

/// What this process has used of the machine.
public enum ProcessUsage {
    /// The largest resident size so far, bytes; children are not counted.
    public static var peakResidentBytes: Int {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return Int(usage.ru_maxrss) * 1024
    }
}
