import Foundation
import FuzzDriver
import KairaPose

// Opens whatever bytes come in as the weights of an RTMPose or RTMDet, a checkpoint or a graph: nothing may trap, hang or take more
// memory than the bytes justify.
let path = URL(filePath: "/dev/shm/kaira-fuzz-rtm-\(getpid())")
fuzz { bytes in
    guard (try? Data(bytes).write(to: path)) != nil else { fatalError("no room in /dev/shm") }
    guard let files = try? RTMFiles(contentsOf: path) else { return }
    try? files.check()
}
