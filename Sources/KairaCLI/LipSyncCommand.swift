import ArgumentParser
import Kaira

struct LipSyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lipsync", abstract: "Tell from a voice how the mouth moves.",
        subcommands: [Track.self, Calibrate.self, Measure.self], defaultSubcommand: Track.self)

    struct Track: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "track", abstract: "Write the visemes of a sound (the default: 'kaira lipsync IN -o OUT').",
            discussion: """
                The output is kaira.visemes/1 (docs/formats/visemes.md): 100 frames a second with VRM's five vowel \
                weights, fifteen visemes, and whether the lips are closed. 'kaira animate' does the same by itself.

                Examples:
                  kaira lipsync voice.wav -o visemes.json --plot voice.png
                  kaira lipsync clip.mp4 -o - | jq '.frames[100].weights'
                  kaira lipsync rhubarb.tsv -o visemes.json
                """)

        @Argument(
            help:
                "A .wav, anything with sound that ffmpeg reads, - for a .wav on stdin, or Rhubarb's .json, .tsv or .xml.",
            completion: .file())
        var input: String

        @Option(name: .shortAndLong, help: "The visemes to write, .json, or - for stdout.", completion: .file())
        var output: String

        @Option(
            help: ArgumentHelp("Also draw sound, spectrogram and weights as a .png.", valueName: "file"),
            completion: .file(extensions: ["png"]))
        var plot: String?

        @Option(
            help: ArgumentHelp("The speaker's profile (kaira lipsync calibrate).", valueName: "file"),
            completion: .file(extensions: ["json"]))
        var speaker: String?

        @Flag(name: .long, help: "Replace an output that exists.")
        var force = false

        @Flag(name: .long, help: "Print the result as JSON (to stderr where stdout carries the output).")
        var json = false

        func run() async throws {
            let result = try LipSyncJob(
                input: input, output: output, plot: plot, profile: speaker, replacesOutput: force
            ).run()
            for warning in result.warnings { Console.warn(warning) }
            if json {
                try Console.result(result, toStandardError: output == "-")
            } else {
                Console.note(result.sentence)
            }
            if !result.failures.isEmpty { throw ExitStatus.partial }
        }
    }

    struct Calibrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "calibrate", abstract: "Learn how one speaker says the five vowels.",
            discussion: """
                Hold each vowel for a second or two, a as in father, i as in see, u as in boot, e as in bed, o as in law: \
                in five recordings, or in one with a pause between, always in this order.

                Examples:
                  kaira lipsync calibrate a.wav i.wav u.wav e.wav o.wav -o me.json
                  kaira lipsync calibrate vowels.wav -o me.json
                  kaira animate clip.mp4 --avatar me.vrm --speaker me.json -o out.mp4
                """)

        @Argument(help: "Five recordings, a i u e o, or one with all of them.", completion: .file())
        var inputs: [String]

        @Option(name: .shortAndLong, help: "The profile to write, .json, or - for stdout.", completion: .file())
        var output: String

        @Option(help: "What the speaker is called.")
        var name = ""

        @Flag(name: .long, help: "Replace an output that exists.")
        var force = false

        func run() async throws {
            let profile = try SpeakerCalibrationJob(inputs: inputs, output: output, name: name, replacesOutput: force)
                .run()
            Console.note(
                "\(output == "-" ? "stdout" : output): five vowels; formants \(percent(profile.formantShift)) above a typical man's"
            )
        }

        private func percent(_ shift: Float) -> String { "\(Int((shift * 100).rounded())) %" }
    }

    struct Measure: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "measure", abstract: "Write what is measured of a sound, 100 rows a second.",
            discussion: """
                Columns: time, mfcc1-12, level (dB), snr (dB), voicing, pitch (Hz), zero_crossings, brightness, formants \
                f1-f4 with bandwidths b1-b4 (Hz, 0 where there is none), what is known of the speaker so far, and what the \
                last four seconds were like.

                Example:
                  kaira lipsync measure voice.wav -o voice.csv
                """)

        @Argument(help: "Anything with sound.", completion: .file())
        var input: String

        @Option(name: .shortAndLong, help: "The table to write, .csv, or - for stdout.", completion: .file())
        var output: String

        @Flag(name: .long, help: "Replace an output that exists.")
        var force = false

        func run() async throws {
            let count = try SpeechMeasureJob(input: input, output: output, replacesOutput: force).run()
            Console.note("\(output == "-" ? "stdout" : output): \(count) frames")
        }
    }
}

/// How the mouth follows the sound.
struct LipSyncOptions: ParsableArguments {
    @Option(help: "Whether the mouth follows the sound: on or off.")
    var lipSync = Switch.on

    @Option(
        help: ArgumentHelp(
            "The mouth's movements, kaira.visemes/1 or Rhubarb's cues, instead of what the sound says.",
            valueName: "file"), completion: .file())
    var visemes: String?

    @Option(
        help: ArgumentHelp("The speaker's profile (kaira lipsync calibrate).", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var speaker: String?

    enum Switch: String, CaseIterable, ExpressibleByArgument {
        case on, off
    }

    func validate() throws {
        if lipSync == .off, visemes != nil || speaker != nil {
            throw ValidationError("--lip-sync off leaves nothing to do for --visemes and --speaker")
        }
    }

    /// The options as the pipelines take them.
    var choice: LipSyncChoice { LipSyncChoice(isOn: lipSync == .on, visemes: visemes, profile: speaker) }
}
