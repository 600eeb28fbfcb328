import KairaFormats

/// Builds an avatar that comes with Kaira from code.
public struct AvatarBuild: Sendable {
    /// `kaira-kun`.
    public var name: String
    /// The `.vrm` to write.
    public var output: String
    /// How finely it is cut.
    public var detail: MascotDetail
    /// What its surfaces are.
    public var look: MascotLook
    /// Whether an output that exists is replaced.
    public var replacesOutput: Bool

    /// A build from its parts.
    public init(
        name: String, output: String, detail: MascotDetail = .medium, look: MascotLook = .toon,
        replacesOutput: Bool = false
    ) {
        self.name = name
        self.output = output
        self.detail = detail
        self.look = look
        self.replacesOutput = replacesOutput
    }

    /// Writes the file and gives its size in bytes.
    public func run() throws -> Int {
        guard name == "kaira-kun" else { throw KairaError.usage("there is no avatar \(name): the one is kaira-kun") }
        guard ["vrm", "glb"].contains(OutputPath.kind(output)) else {
            throw KairaError.usage("\(output): an avatar's name ends in .vrm or .glb")
        }
        try OutputPath.check(output, replaces: replacesOutput)
        var builder = KairaKunBuilder()
        builder.detail = detail
        builder.look = look
        let bytes = try GLTFWriter().write(builder.build())
        try OutputPath.write(bytes, to: output, replaces: replacesOutput)
        return bytes.count
    }
}
