import Foundation

/// Where Kaira keeps what it could fetch or measure again: `$XDG_CACHE_HOME/kaira`, by default `~/.cache/kaira`.
///
/// A relative `XDG_CACHE_HOME` is ignored, as the XDG base directory specification asks.
enum CacheFolder {
    static func path(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let given = environment["XDG_CACHE_HOME"], given.hasPrefix("/") { return given + "/kaira" }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return home + "/.cache/kaira"
    }
}
