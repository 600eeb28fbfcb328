/// Finds the name that a mistyped one was meant to be.
public enum NameMatch {
    /// The nearest of some names, or nil where none is near: more than two letters and a third of the word differ.
    public static func nearest(to word: String, among names: some Sequence<String>) -> String? {
        let near = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= max(2, word.count / 3) else { return nil }
        return near.name
    }

    /// How many letters have to be put in, taken out or changed to make one word of the other (Levenshtein 1966).
    public static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
