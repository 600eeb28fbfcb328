import CMatIO
import Foundation

/// The numeric arrays of a MATLAB file, versions 5 and 7.3, read by libmatio.
///
/// Sizes are checked before anything is read: a damaged file is an error. libmatio itself is trusted with the bytes.
@safe final class MatFile {
    /// The path, for messages.
    let path: String
    /// The variables' names.
    let names: [String]
    private let file: OpaquePointer
    private let size: Int
    /// HDF5 as Debian builds it is for one thread at a time.
    private static let lock = NSLock()

    /// Opens a file.
    init(path: String) throws(KairaError) {
        Self.lock.lock()
        defer { Self.lock.unlock() }
        let bytes = try OutputPath.read(path)
        size = bytes.count
        guard Self.isWhole(bytes) else {
            throw .badData(path: path, reason: "this is no whole MATLAB file of version 5 or 7.3")
        }
        Self.silence()
        guard let opened = unsafe Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else {
            throw .badData(path: path, reason: "this is no MATLAB file of version 5 or 7.3")
        }
        unsafe file = opened
        self.path = path
        var count = 0
        var names: [String] = []
        if let list = unsafe Mat_GetDir(opened, &count) {
            for i in 0..<count { if let name = unsafe list[i] { unsafe names.append(String(cString: name)) } }
        }
        self.names = names
    }

    /// Whether a file's own lengths fill it; libmatio takes what is left of a cut file for the whole.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 128 else { return false }
        let isLittle = bytes[126] == UInt8(ascii: "I") && bytes[127] == UInt8(ascii: "M")
        guard isLittle || bytes[126] == UInt8(ascii: "M") && bytes[127] == UInt8(ascii: "I") else { return false }
        // HDF5 checks its own end of file.
        if bytes[isLittle ? 125 : 124] == 2 { return true }
        var at = 128
        while at < bytes.count {
            guard bytes.count - at >= 8 else { return false }
            let length = (0..<4).reduce(0) { $0 | Int(bytes[at + 4 + $1]) << (8 * (isLittle ? $1 : 3 - $1)) }
            at += 8 + length
        }
        return at == bytes.count
    }

    /// Keeps HDF5 from printing its own words on stderr: errors are thrown.
    private static func silence() {
        typealias SetAutomatic = @convention(c) (Int64, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32
        guard let symbol = unsafe dlsym(nil, "H5Eset_auto2") else { return }
        // H5Eset_auto2(H5E_DEFAULT, NULL, NULL), HDF5 1.8 and later; libmatio has loaded it.
        _ = unsafe unsafeBitCast(symbol, to: SetAutomatic.self)(0, nil, nil)
    }

    deinit {
        Self.lock.lock()
        unsafe Mat_Close(file)
        Self.lock.unlock()
    }

    /// An array: sizes as MATLAB has them, numbers first index fastest; nil where there is no variable of that name.
    func array(_ name: String) throws(KairaError) -> (sizes: [Int], values: [Double])? {
        guard names.contains(name) else { return nil }
        Self.lock.lock()
        defer { Self.lock.unlock() }
        guard let variable = unsafe Mat_VarReadInfo(file, name) else { return nil }
        defer { unsafe Mat_VarFree(variable) }
        var sizes: [Int] = [], count = 1
        for axis in 0..<Int(unsafe variable.pointee.rank) {
            let length = Int(clamping: unsafe variable.pointee.dims[axis])
            sizes.append(length)
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { throw .badData(path: path, reason: "\(name) has sizes that no file can hold") }
            count = product
        }
        // Deflate makes at most 1032 bytes of one.
        guard count <= min(size.multipliedReportingOverflow(by: 1032).partialValue, 1 << 28) else {
            throw .badData(path: path, reason: "\(name) claims \(count) numbers in a file of \(size) bytes")
        }
        guard unsafe variable.pointee.isComplex == 0, count > 0,
            unsafe Mat_VarReadDataAll(file, variable) == 0, let data = unsafe variable.pointee.data
        else { throw .badData(path: path, reason: "\(name) cannot be read as an array of real numbers") }
        let bytes = Int(clamping: unsafe variable.pointee.nbytes)
        func read<T>(_ type: T.Type, _ convert: (T) -> Double) -> [Double]? {
            guard bytes >= count * MemoryLayout<T>.size else { return nil }
            // matio allocated `nbytes` for `data`, which lives until the variable is freed.
            return (0..<count).map { unsafe convert(data.load(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)) }
        }
        let values: [Double]?
        let type = unsafe variable.pointee.data_type
        switch type {
        case MAT_T_DOUBLE: values = read(Double.self) { $0 }
        case MAT_T_SINGLE: values = read(Float.self) { Double($0) }
        case MAT_T_INT8: values = read(Int8.self) { Double($0) }
        case MAT_T_UINT8: values = read(UInt8.self) { Double($0) }
        case MAT_T_INT16: values = read(Int16.self) { Double($0) }
        case MAT_T_UINT16: values = read(UInt16.self) { Double($0) }
        case MAT_T_INT32: values = read(Int32.self) { Double($0) }
        case MAT_T_UINT32: values = read(UInt32.self) { Double($0) }
        case MAT_T_INT64: values = read(Int64.self) { Double($0) }
        case MAT_T_UINT64: values = read(UInt64.self) { Double($0) }
        default: values = nil
        }
        guard let values else { throw .badData(path: path, reason: "\(name) is no array of numbers") }
        return (sizes, values)
    }
}
