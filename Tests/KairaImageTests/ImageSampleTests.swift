import Foundation
import KairaImage
import KairaTestSupport
import Testing

@Suite("Image.sample")
struct ImageSampleTests {
    struct Fixture: Decodable {
        struct Case: Decodable {
            var center: [Float]
            var size: [Float]
            var rotation: Float
            var border: String
            var width: Int
            var height: Int
            var pixels: [UInt8]
        }
        var width: Int
        var height: Int
        var bytes: [UInt8]
        var cases: [Case]
    }

    static func sample(
        _ image: Image, _ region: ImageRegion, _ width: Int, _ height: Int, _ border: ImageBorder, scale: Float = 1,
        bias: Float = 0
    ) -> [Float] {
        var output = [Float](repeating: -7, count: width * height * 3)
        var span = output.mutableSpan
        image.sample(region, width: width, height: height, border: border, scale: scale, bias: bias, into: &span)
        return output
    }

    /// Oracle: OpenCV 4.11 `warpPerspective`, linear, on the same bytes. A position that falls on the middle between two
    /// 1/32 pixels may round either way, so one value in a hundred may differ, by what 1/32 pixel of noise can do.
    @Test("turned regions agree with OpenCV")
    func openCV() throws {
        let fixture = try JSONDecoder().decode(
            Fixture.self, from: Data(contentsOf: TestData.fixture("blazepose/sample.json")))
        let image = try #require(Image(width: fixture.width, height: fixture.height, bytes: fixture.bytes))
        try #require(fixture.cases.count == 12)
        for test in fixture.cases {
            let region = ImageRegion(
                center: SIMD2(test.center[0], test.center[1]), size: SIMD2(test.size[0], test.size[1]),
                rotation: test.rotation)
            let values = Self.sample(
                image, region, test.width, test.height, test.border == "zero" ? .zero : .replicate)
            let differences = zip(values, test.pixels).map { abs($0 - Float($1)) }
            #expect(differences.filter { $0 > 0 }.count <= differences.count / 100, "\(region) \(test.border)")
            #expect(try #require(differences.max()) <= 16, "\(region) \(test.border)")
        }
    }

    /// Oracle: the definition; without a turn and at the picture's own size each sample is a pixel.
    @Test("a region of the picture's own size returns its pixels, scaled")
    func identity() throws {
        let bytes = (0..<5 * 4 * 4).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let image = try #require(Image(width: 5, height: 4, bytes: bytes))
        let region = ImageRegion(center: [2.5, 2], size: [5, 4])
        let values = Self.sample(image, region, 5, 4, .zero, scale: 2 / 255, bias: -1)
        for i in 0..<20 {
            for c in 0..<3 { #expect(values[i * 3 + c] == Float(bytes[i * 4 + c]) * (2 / 255) - 1) }
        }
    }

    /// Oracle: closed form, a ramp sampled between its pixels.
    @Test("a quarter turn and half-pixel steps read a ramp where they should")
    func ramp() {
        var image = Image(width: 16, height: 16)
        for y in 0..<16 { for x in 0..<16 { image[x, y] = [UInt8(x * 16), UInt8(y * 16), 0, 255] } }
        // Rows of the result run down the picture's -x: v = 0 is at x = 8 + 2, and u = 0 at y = 8 - 2.
        let region = ImageRegion(center: [8, 8], size: [4, 4], rotation: .pi / 2)
        let values = Self.sample(image, region, 8, 8, .replicate)
        for v in 0..<8 {
            for u in 0..<8 {
                #expect(values[(v * 8 + u) * 3] == 16 * (10 - Float(v) / 2))
                #expect(values[(v * 8 + u) * 3 + 1] == 16 * (6 + Float(u) / 2))
            }
        }
    }

    /// Oracle: the borders' definitions.
    @Test("regions outside of the picture, and regions that are no numbers, read the border")
    func outside() {
        let image = Image(width: 3, height: 2, filledWith: [90, 80, 70, 255])
        let far: [ImageRegion] = [
            ImageRegion(center: [1e30, 0], size: [1, 1]), ImageRegion(center: [-50, 900], size: [8, 8], rotation: 1),
            ImageRegion(center: [.nan, .infinity], size: [1, 1]), ImageRegion(center: [0, 0], size: [.nan, 1]),
        ]
        for region in far {
            let edge = Self.sample(image, region, 4, 4, .replicate)
            for i in 0..<16 { #expect(Array(edge[i * 3..<i * 3 + 3]) == [90, 80, 70]) }
            let black = Self.sample(image, region, 4, 4, .zero)
            #expect(black.allSatisfy { $0 == 0 })
        }
        #expect(!far[2].isUsable && !far[3].isUsable && far[0].isUsable)
    }
}
