/// The elements of a JSON array; each node is made when asked for, so that a huge array costs no more than its values.
struct JSONElements: RandomAccessCollection {
    let values: [JSONValue]
    let path: String
    let file: String

    var startIndex: Int { 0 }
    var endIndex: Int { values.count }

    subscript(index: Int) -> JSONNode { JSONNode(value: values[index], path: "\(path)/\(index)", file: file) }
}
