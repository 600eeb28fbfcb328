import KairaFormats
import KairaMotion

/// Reads tracks of mouth movements.
public enum VisemeInput {
    /// Whether a name is that of a track and not of a sound.
    static func isTrack(_ path: String) -> Bool { ["json", "tsv", "xml"].contains(OutputPath.kind(path)) }

    /// Reads `kaira.visemes/1`, or the TSV, XML or JSON of Rhubarb Lip Sync, told from the contents.
    ///
    /// - Throws: `KairaError.noInput`, `FormatsError`.
    public static func read(_ path: String) throws -> VisemeTrack {
        let bytes = try OutputPath.read(path)
        // Only a JSON object can be ours.
        if bytes.first(where: { $0 > 0x20 && $0 < 0x7F }) == UInt8(ascii: "{"),
            try JSONParser.parse(bytes, file: path)["schema"] != nil
        {
            return try VisemeJSON.read(bytes, file: path)
        }
        return try RhubarbFile.read(bytes, file: path)
    }
}
