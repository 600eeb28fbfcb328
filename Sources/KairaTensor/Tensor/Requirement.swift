/// Stops the program where it breaks a rule of tensors, such as shapes that go together.
///
/// As `precondition`, but the message is printed in optimised builds too: it has the shapes, without which such a mistake is
/// hard to find.
@inline(__always)
package func require(
    _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    if !condition { fatalError(message(), file: file, line: line) }
}
