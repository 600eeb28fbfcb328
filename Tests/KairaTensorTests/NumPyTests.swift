import Foundation
import KairaTensor
import KairaTestSupport
import Testing

@Suite("NumPy files")
struct NumPyTests {
    /// Oracle: the bytes that numpy 2 writes for `np.array([[1, 2], [3, 4]], '<i2')`, from the format's description.
    @Test("a file as numpy writes it")
    func published() throws {
        var header = Array("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }".utf8)
        header += [UInt8](repeating: 0x20, count: 118 - header.count - 1) + [0x0a]
        let file: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + header + [1, 0, 2, 0, 3, 0, 4, 0]
        let array = try NumPyArray(npy: file)
        #expect(array.type == .int16)
        #expect(array.shape == [2, 2])
        #expect(array.floats() == [1, 2, 3, 4])
        // Columns first, most significant byte first.
        var turned = Array("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2), }".utf8)
        turned += [UInt8](repeating: 0x20, count: 118 - turned.count - 1) + [0x0a]
        let other = try NumPyArray(
            npy: [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + turned + [0, 1, 0, 3, 0, 2, 0, 4])
        #expect(other.floats() == [1, 2, 3, 4])
    }

    @Test("an archive comes back as it was written")
    func roundTrip() throws {
        var archive = NumPyArchive()
        archive["a"] = NumPyArray([1, -2.5, .infinity] as [Float], shape: [3])
        archive["b"] = NumPyArray([7, -9] as [Int32], shape: [1, 2])
        archive["scalar"] = NumPyArray([3] as [Float], shape: [])
        let read = try NumPyArchive(npz: archive.npz())
        #expect(read == archive)
        #expect(read.names == ["a", "b", "scalar"])
        #expect(throws: TensorError.noTensor("c")) { try read.array("c") }
    }

    /// Oracle: the deflated golden file's own checksums, written by numpy and zlib.
    @Test("deflated entries of a published archive")
    func deflated() throws {
        let bytes = [UInt8](try Data(contentsOf: TestData.fixture("tflite/pose_landmark_full.npz")))
        let archive = try NumPyArchive(npz: bytes)
        #expect(try archive.array("noise_u8").shape == [1, 256, 256, 3])
        #expect(throws: TensorError.tooLarge("arrays of more than 1000 bytes")) {
            try NumPyArchive(npz: bytes, limit: 1000)
        }
    }

    @Test("damaged archives give an error or an archive, never a trap")
    func hostile() throws {
        var archive = NumPyArchive()
        archive["a"] = NumPyArray([1, 2, 3] as [Float], shape: [3])
        let bytes = try archive.npz()
        for count in 0..<bytes.count {
            #expect(throws: TensorError.self) { try NumPyArchive(npz: Array(bytes[..<count])) }
        }
        var refused = 0
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                if (try? NumPyArchive(npz: damaged)) == nil { refused += 1 }
            }
        }
        #expect(refused > bytes.count * 4)
    }

    @Test("Python objects are refused")
    func objects() {
        let header = Array("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n".utf8)
        let file: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header
        #expect(throws: TensorError.unsupported(".npy with Python objects, which only running them could read")) {
            try NumPyArray(npy: file)
        }
    }
}
