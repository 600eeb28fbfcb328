import KairaLearning
import Testing

@Suite struct CSVTests {
    private func table(_ text: String, header: Bool = false) throws -> CSVTable {
        try CSVTable(csv: Array(text.utf8), hasHeader: header)
    }

    /// Oracle: RFC 4180, section 2, its own examples.
    @Test(
        "as the RFC says",
        arguments: [
            ("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
            ("aaa,bbb,ccc\nzzz,yyy,xxx", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
            ("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", [["aaa", "b\r\nbb", "ccc"], ["zzz", "yyy", "xxx"]]),
            ("\"aaa\",\"b\"\"bb\",\"c,c\"", [["aaa", "b\"bb", "c,c"]]),
            ("a,,\n,b,", [["a", "", ""], ["", "b", ""]]),
            ("\u{FEFF}a,b\n\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("\"\"\n\"x\"", [[""], ["x"]]),
        ])
    func rfc(text: String, rows: [[String]]) throws { #expect(try table(text).rows == rows) }

    @Test("names, and the line of each row") func header() throws {
        let table = try table("x,label\n\"1\n\",a\n2,b\n", header: true)
        #expect(table.header == ["x", "label"])
        #expect(table.lines == [2, 4])
        #expect(try table.column("label") == 1)
        #expect(try table.column("-1") == 1)
        #expect(throws: LearningError.data("there is no column \"y\"; the table has x, label")) {
            try table.column("y")
        }
    }

    @Test(
        "damaged tables name their line",
        arguments: [
            ("a,b\nc\n", "line 2"), ("a\n\"b\nc\n", "line 2"), ("a\n\"b\"c\n", "line 2"), ("a\nb\"c\n", "line 2"),
        ])
    func damaged(text: String, place: String) {
        #expect { try table(text) } throws: { "\($0)".contains(place) }
    }

    @Test("no rows, no text, no number") func refused() throws {
        #expect(throws: LearningError.emptySet("the CSV table")) { try table("") }
        #expect(throws: LearningError.emptySet("the CSV table")) { try table("a,b\n", header: true) }
        #expect(throws: LearningError.self) { try CSVTable(csv: [0x61, 0xff, 0x0a], hasHeader: false) }
        let numbers = try table("1,2\n3,x\n4,nan\n")
        #expect(try numbers.number(row: 0, column: 1) == 2)
        #expect(throws: LearningError.data("CSV line 2, field 2: \"x\" is no finite number")) {
            try numbers.number(row: 1, column: 1)
        }
        #expect(throws: LearningError.self) { try numbers.number(row: 2, column: 1) }
    }

    @Test("cut anywhere: a table or an error") func cut() {
        let text = Array("\"a\"\"b\",\"c\r\nd\",e\r\n1,2,3\r\n".utf8)
        for end in 0...text.count { _ = try? CSVTable(csv: Array(text[..<end]), hasHeader: false) }
    }

    @Test("a set from a table: classes are names") func set() throws {
        let set = try DataSet(
            name: "iris", table: try table("x,kind,y\n1,b,2\n3,a,4\n5,b,6\n", header: true), label: "kind", scale: 0.5)
        #expect(set.classNames == ["a", "b"])
        #expect(set.labels == [1, 0, 1])
        #expect(set.input(1) == [1.5, 2])
        let ten = try DataSet(name: "n", table: try table("1,10\n2,9\n3,10\n"), label: "-1")
        #expect(ten.classNames == ["9", "10"])
        let line = try DataSet(name: "line", table: try table("1,10\n2,20\n"), target: "1")
        #expect(line.targets == .values([10, 20], width: 1))
    }
}
