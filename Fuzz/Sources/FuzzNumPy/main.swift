import FuzzDriver
import KairaTensor

// Reads whatever bytes come in as .npy and .npz, and writes and reads again what they held: nothing may trap, hang or take more
// memory than the bytes justify.
fuzz { bytes in
    if let array = try? NumPyArray(npy: bytes) {
        guard let again = try? NumPyArray(npy: array.npy()), again == array else { fatalError("an array changed") }
        _ = array.doubles()
    }
    if let archive = try? NumPyArchive(npz: bytes, limit: 1 << 24) {
        for name in archive.names { _ = archive[name]?.floats() }
        guard let again = try? archive.npz(), let read = try? NumPyArchive(npz: again), read == archive else {
            fatalError("an archive changed")
        }
    }
}
