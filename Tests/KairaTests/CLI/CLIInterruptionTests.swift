import Foundation
import Glibc
import Testing

extension CLI {
    /// Work that is stopped half-way: by the user, by its reader, by the death of a child.
    @Suite(.enabled(if: Tool.hasModel, "the pose model is not here: kaira models pull blazepose")) struct Interruptions
    {
        let folder: Folder
        init() throws { folder = try Folder() }

        private func start(_ arguments: [String]) throws -> Running {
            let running = try Running(
                Tool.path, arguments + ["--progress", "json"], in: folder, environment: [:], input: nil)
            #expect(running.waits(for: "\"done\":1"), "\(running.errors)")
            return running
        }

        private var animation: [String] {
            [
                "animate", Clips.long, "--avatar", Repository.avatar, "-o", "o.mp4", "--motion-out", "m.json",
                "--size", "64x48",
            ]
        }

        private func expectNoOrphans(_ children: [(id: pid_t, arguments: String)]) {
            // A killed child is reaped by kaira or, after it, by init: give that a moment.
            for child in children {
                for _ in 0..<200 where kill(child.id, 0) == 0 && !isZombie(child.id) { usleep(10_000) }
                #expect(kill(child.id, 0) != 0 || isZombie(child.id), "\(child.arguments) still runs")
            }
        }

        private func isZombie(_ id: pid_t) -> Bool {
            let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
            return stat?.split(separator: ")").last?.split(separator: " ").first == "Z"
        }

        @Test("Ctrl-C and a polite kill: 130, no half output, no orphan", arguments: [SIGINT, SIGTERM])
        func signals(number: Int32) throws {
            let running = try start(animation)
            let children = running.children
            #expect(children.count == 2)
            kill(running.id, number)
            let run = try running.wait()
            #expect(run.code == 130)
            #expect(run.errors.contains("interrupted"))
            #expect(folder.names.isEmpty)
            expectNoOrphans(children)
        }

        @Test("pose stops as well, and removes its overlay") func poseStops() throws {
            let running = try start(["pose", Clips.long, "-o", "k.json", "--overlay", "seen.mp4"])
            let children = running.children
            kill(running.id, SIGINT)
            #expect(try running.wait().code == 130)
            #expect(folder.names.isEmpty)
            expectNoOrphans(children)
        }

        @Test("pictures written before Ctrl-C go too") func pattern() throws {
            let running = try start(
                ["animate", Clips.long, "--avatar", Repository.avatar, "-o", "{frame:05d}.png", "--size", "64x48"])
            kill(running.id, SIGINT)
            #expect(try running.wait().code == 130)
            #expect(folder.names.isEmpty)
        }

        @Test("Ctrl-C ends a stream that nobody reads, and an input that never comes") func stuck() throws {
            let script = """
                mkfifo in out
                exec 3<>in 4<>out
                $kaira animate \(Clips.long) --avatar \(Repository.avatar) -o - --size 640x480 > out & first=$!
                $kaira pose - -o k.json < in & second=$!
                sleep 2; kill -INT $first $second
                wait $first; echo $?; wait $second; echo $?
                """
            let run = try Shell.run(script, in: folder)
            #expect(run.text == "130\n130\n", "\(run.errors)")
            #expect(folder.names == ["in", "out"])
        }

        @Test("a reader that has enough ends the work quietly") func brokenPipe() throws {
            for command in [
                "animate \(Clips.long) --avatar \(Repository.avatar) -o - --size 64x48",
                "pose \(Clips.person) -o -", "doctor --json", "inspect \(Repository.avatar)",
            ] {
                let run = try Shell.run("$kaira \(command) | head -c 10 > /dev/null; echo ${PIPESTATUS[0]}", in: folder)
                // 0 where the pipe took everything before the reader left, else 74: never a signal.
                #expect(run.text == "74\n" || run.text == "0\n", "\(command): \(run.text)")
                #expect(!run.errors.contains("kaira:"), "\(run.errors)")
            }
            let closed = try Shell.run("$kaira animate \(Clips.person) --avatar nope 2>&1 >&- | head -c 0; exit 0")
            #expect(closed.code == 0)
        }

        @Test("an encoder that is killed: 74, no half file") func encoderDies() throws {
            let running = try start(animation)
            let encoder = try #require(running.children.first { $0.arguments.contains("libx264") })
            kill(encoder.id, SIGKILL)
            let run = try running.wait()
            #expect(run.code == 74)
            #expect(run.errors.contains("ffmpeg was killed by signal 9"))
            #expect(folder.names.isEmpty)
        }

        @Test("a decoder that is killed: 74, no half file") func decoderDies() throws {
            // Large frames, so that the decoder is never far ahead of the estimator.
            let input = try folder.make(
                "-stream_loop 4 -i \(Clips.person) -vf scale=720:1280 -c:v libx264 -preset ultrafast in.mp4")
            let running = try start(["pose", input, "-o", "k.json"])
            let decoder = try #require(running.children.first { $0.arguments.contains("rawvideo") })
            kill(decoder.id, SIGKILL)
            let run = try running.wait()
            #expect(run.code == 74)
            #expect(run.errors.contains("ffmpeg was killed by signal 9"))
            #expect(folder.names == ["in.mp4"])
        }
    }
}
