import Foundation
import KairaMedia
import KairaPose
import KairaRender
import KairaTensor

/// What works on this machine.
public enum Doctor {
    /// One thing that was looked at.
    public struct Check: Sendable, Encodable {
        /// What.
        public var name: String
        /// Whether it works.
        public var works: Bool
        /// Whether Kaira can do its main job without it.
        public var isNeeded: Bool
        /// What was found.
        public var found: String
        /// What to do where it does not work.
        public var remedy: String?
    }

    /// The whole report: `kaira.doctor/1`.
    public struct Report: Sendable, Encodable {
        /// The schema's name.
        public let schema = "kaira.doctor/1"
        /// The version of Kaira.
        public let version = KairaVersion.current
        /// In the order of the path of a frame.
        public var checks: [Check]

        /// Whether everything that is needed works.
        public var isHealthy: Bool { checks.allSatisfy { $0.works || !$0.isNeeded } }

        /// Lines for a person.
        public var text: String {
            checks.map { check in
                let mark = check.works ? "ok  " : check.isNeeded ? "FAIL" : "note"
                return "\(mark)  \(check.name): \(check.found)" + (check.remedy.map { "\n      -> \($0)" } ?? "")
            }.joined(separator: "\n")
        }
    }

    /// Looks at everything.
    public static func examine() async -> Report {
        var checks = [processor()]
        for tool in ["ffmpeg", "ffprobe"] { checks.append(program(tool)) }
        checks += models()
        checks += devices()
        return Report(checks: checks)
    }

    private static func processor() -> Check {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let name = text.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return Check(
            name: "processor", works: true, isNeeded: false,
            found: "\(name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"), "
                + "\(ProcessInfo.processInfo.activeProcessorCount) cores, kernels: \(KernelSet.name)")
    }

    private static func program(_ tool: String) -> Check {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let path = folders.map { "\($0)/\(tool)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return Check(
            name: tool, works: path != nil, isNeeded: true, found: path ?? "not found",
            remedy: path == nil ? "apt-get install ffmpeg" : nil)
    }

    private static func models() -> [Check] {
        let store = ModelStore()
        return store.list().filter { $0.isPresent || $0.model.name == "blazepose" }.map { quick in
            // Every byte where there are bytes: a damaged file is found here rather than in a puzzling result.
            let status = quick.isPresent ? (try? store.verify(quick.model.name)) ?? quick : quick
            let (name, isNeeded) = (status.model.name, status.model.name == "blazepose")
            if status.isComplete {
                return Check(name: "model \(name)", works: true, isNeeded: isNeeded, found: status.folder)
            }
            let remedy = "kaira models pull \(name)"
            return Check(
                name: "model \(name)", works: false, isNeeded: isNeeded,
                found: status.isPresent ? "damaged or incomplete in \(status.folder)" : "not in \(status.folder)",
                remedy: status.isPresent ? "kaira models rm \(name) && \(remedy)" : remedy)
        }
    }

    private static func devices() -> [Check] {
        let attempts = GraphicsReport.make().attempts
        let anyWorks = attempts.contains { $0.renderer != nil }
        return attempts.map { attempt in
            Check(
                name: "drawing on \(attempt.device)", works: attempt.renderer != nil, isNeeded: !anyWorks,
                found: attempt.renderer ?? attempt.failure ?? "unknown",
                remedy: attempt.renderer != nil ? nil : anyWorks ? nil : "apt-get install libgl1-mesa-dri libegl-mesa0")
        }
    }
}
