import KairaMotion
import Testing

@Suite("KeypointLayout")
struct KeypointLayoutTests {
    static let coco = """
        nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist \
        right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle
        """

    /// Oracle: the published tables: MediaPipe's landmark enumeration, COCO's categories, mmpose's dataset files for Halpe
    /// and COCO-WholeBody, VideoPose3D's skeleton for Human3.6M (its own index order).
    static let published: [(name: String, joints: String)] = [
        (
            "mediapipe33",
            """
            nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear right_ear \
            mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist \
            left_pinky right_pinky left_index right_index left_thumb right_thumb left_hip right_hip left_knee \
            right_knee left_ankle right_ankle left_heel right_heel left_foot_index right_foot_index
            """
        ),
        ("coco17", coco),
        (
            "halpe26",
            coco + """
                 head neck hip left_big_toe right_big_toe left_small_toe right_small_toe left_heel right_heel
                """
        ),
        (
            "h36m17",
            """
            hip right_hip right_knee right_ankle left_hip left_knee left_ankle spine thorax neck head left_shoulder \
            left_elbow left_wrist right_shoulder right_elbow right_wrist
            """
        ),
    ]

    @Test("joints stand in the published order", arguments: published)
    func order(name: String, joints: String) throws {
        let layout = try #require(KeypointLayout.named(name))
        #expect(layout.joints == joints.split(separator: " ").map(String.init))
    }

    /// Oracle: mmpose, configs/_base_/datasets/coco_wholebody.py.
    @Test("the parts of COCO-WholeBody stand where published")
    func wholebody() {
        let layout = KeypointLayout.wholebody133
        #expect(layout.joints.count == 133)
        #expect(Array(layout.joints[..<17]) == Self.coco.split(separator: " ").map(String.init))
        let places: [(Int, String)] = [
            (17, "left_big_toe"), (18, "left_small_toe"), (19, "left_heel"), (20, "right_big_toe"),
            (22, "right_heel"), (23, "face_0"), (90, "face_67"), (91, "left_hand_root"), (92, "left_thumb1"),
            (95, "left_thumb4"), (96, "left_forefinger1"), (100, "left_middle_finger1"), (104, "left_ring_finger1"),
            (108, "left_pinky_finger1"), (111, "left_pinky_finger4"), (112, "right_hand_root"),
            (117, "right_forefinger1"), (129, "right_pinky_finger1"), (132, "right_pinky_finger4"),
        ]
        for (i, name) in places { #expect(layout.joints[i] == name) }
    }

    /// Oracle: the `swap` entries of mmpose's table for the 68 points of the face.
    @Test("the face mirrors as published")
    func face() {
        let swap =
            Array((0...16).reversed()) + Array((17...26).reversed()) + [27, 28, 29, 30, 35, 34, 33, 32, 31]
            + [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40] + Array((48...54).reversed())
            + Array((55...59).reversed()) + Array((60...64).reversed()) + Array((65...67).reversed())
        #expect(swap.count == 68)
        #expect(Array(KeypointLayout.wholebody133.mirror[23...90]) == swap.map { $0 + 23 })
    }

    /// Oracle: the definition, and how many joints of the middle each published table has.
    @Test(
        "left and right are an involution",
        arguments: [("mediapipe33", 1), ("coco17", 1), ("halpe26", 4), ("wholebody133", 11), ("h36m17", 5)])
    func pairs(name: String, middle: Int) throws {
        let layout = try #require(KeypointLayout.named(name))
        let mirror = layout.mirror
        for i in mirror.indices { #expect(mirror[mirror[i]] == i) }
        #expect(mirror.indices.filter { mirror[$0] == $0 }.count == middle)
        #expect(layout.pairs.count * 2 + middle == layout.joints.count)
        #expect(Set(layout.pairs.flatMap { [$0.x, $0.y] }).count == layout.pairs.count * 2)
        for pair in layout.pairs where !layout.joints[pair.x].hasPrefix("face") {
            #expect(layout.joints[pair.x].contains("left"))
            #expect(layout.joints[pair.y] == layout.joints[pair.x].replacing("left", with: "right"))
        }
    }

    /// Oracle: graph theory. MediaPipe's published connections leave the eyes and the mouth apart from the body, and
    /// COCO-WholeBody's leave the face's 68 points single.
    @Test(
        "lines join the body's joints",
        arguments: [("mediapipe33", 3), ("coco17", 1), ("halpe26", 1), ("wholebody133", 1 + 68), ("h36m17", 1)])
    func connected(name: String, parts: Int) throws {
        let layout = try #require(KeypointLayout.named(name))
        var part = Array(layout.joints.indices)
        for limb in layout.limbs {
            #expect(layout.joints.indices.contains(limb.x) && layout.joints.indices.contains(limb.y))
            #expect(limb.x != limb.y)
            let (a, b) = (part[limb.x], part[limb.y])
            for i in part.indices where part[i] == b { part[i] = a }
        }
        #expect(Set(part).count == parts)
        // Lines mirror to lines, and none is drawn twice.
        let mirror = layout.mirror
        let lines = Set(layout.limbs.map { [$0.x, $0.y].sorted() })
        #expect(lines.count == layout.limbs.count)
        for line in lines { #expect(lines.contains(line.map { mirror[$0] }.sorted())) }
    }

    /// Oracle: VideoPose3D's parents of the 17 joints.
    @Test("Human3.6M's lines are its bones")
    func human36() {
        let parents = [-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15]
        let bones = Set(parents.enumerated().filter { $1 >= 0 }.map { [$1, $0] })
        #expect(Set(KeypointLayout.h36m17.limbs.map { [$0.x, $0.y] }) == bones)
    }

    @Test("layouts are found by name, once each")
    func names() {
        #expect(Set(KeypointLayout.all.map(\.name)).count == KeypointLayout.all.count)
        for layout in KeypointLayout.all {
            #expect(KeypointLayout.named(layout.name) == layout)
            #expect(Set(layout.joints).count == layout.joints.count)
            for (i, joint) in layout.joints.enumerated() { #expect(layout.index(of: joint) == i) }
        }
        #expect(KeypointLayout.named("none") == nil)
        #expect(KeypointLayout.coco17.index(of: "tail") == nil)
    }
}
