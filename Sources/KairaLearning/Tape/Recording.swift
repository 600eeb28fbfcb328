/// Whether operations are written down.
enum Recording {
    @TaskLocal static var isOff = false
}

/// Runs a closure in which no operation is written down: what it computes are constants.
public func noGradient<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let result: Result<R, E> = Recording.$isOff.withValue(true) {
        do throws(E) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
}
