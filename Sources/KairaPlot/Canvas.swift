import CCairo
import KairaImage

/// A cairo surface to draw on, in and out as `Image`.
///
/// Text uses the family `DejaVu Sans` (Debian: fonts-dejavu-core); where it is missing, fontconfig takes another.
@safe final class Canvas {
    let width: Int
    let height: Int
    private let surface: OpaquePointer
    private let context: OpaquePointer

    /// A canvas that begins with a picture.
    init(_ image: Image) throws(PlotError) {
        (width, height) = (image.width, image.height)
        guard width <= 32767, height <= 32767 else { throw .tooLarge(width: width, height: height) }
        guard let made = unsafe cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height)) else {
            throw .drawingFailed("no surface")
        }
        guard unsafe cairo_surface_status(made) == CAIRO_STATUS_SUCCESS, let drawer = unsafe cairo_create(made) else {
            let reason = unsafe Self.words(cairo_surface_status(made))
            unsafe cairo_surface_destroy(made)
            throw .drawingFailed(reason)
        }
        unsafe surface = made
        unsafe context = drawer
        unsafe exchange { pixels, stride in
            for y in 0..<height {
                for x in 0..<width {
                    let i = (y * width + x) * 4
                    // cairo's words are 0xAARRGGBB, premultiplied as ours.
                    let word =
                        UInt32(image.bytes[i + 3]) << 24 | UInt32(image.bytes[i]) << 16
                        | UInt32(image.bytes[i + 1]) << 8 | UInt32(image.bytes[i + 2])
                    unsafe pixels.storeBytes(of: word, toByteOffset: y * stride + x * 4, as: UInt32.self)
                }
            }
        }
        unsafe cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
        unsafe cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        unsafe cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    }

    deinit {
        unsafe cairo_destroy(context)
        unsafe cairo_surface_destroy(surface)
    }

    /// Sets the colour of what follows, straight RGBA 0...1.
    func setColor(_ color: SIMD4<Float>) {
        unsafe cairo_set_source_rgba(context, Double(color.x), Double(color.y), Double(color.z), Double(color.w))
    }

    /// A line of some width, pixels.
    func line(_ from: SIMD2<Float>, _ to: SIMD2<Float>, width: Double) {
        unsafe cairo_set_line_width(context, width)
        unsafe cairo_move_to(context, Double(from.x), Double(from.y))
        unsafe cairo_line_to(context, Double(to.x), Double(to.y))
        unsafe cairo_stroke(context)
    }

    /// A line through points, of some width and perhaps dashed.
    func path(_ points: [SIMD2<Float>], width: Double, isDashed: Bool = false) {
        guard let first = points.first, points.count > 1 else { return }
        unsafe cairo_set_line_width(context, width)
        let dashes = [width * 3, width * 2.5]
        if isDashed { unsafe cairo_set_dash(context, dashes, 2, 0) }
        unsafe cairo_move_to(context, Double(first.x), Double(first.y))
        for point in points.dropFirst() { unsafe cairo_line_to(context, Double(point.x), Double(point.y)) }
        unsafe cairo_stroke(context)
        if isDashed { unsafe cairo_set_dash(context, dashes, 0, 0) }
    }

    /// A filled polygon.
    func polygon(_ points: [SIMD2<Float>]) {
        guard let first = points.first, points.count > 2 else { return }
        unsafe cairo_move_to(context, Double(first.x), Double(first.y))
        for point in points.dropFirst() { unsafe cairo_line_to(context, Double(point.x), Double(point.y)) }
        unsafe cairo_close_path(context)
        unsafe cairo_fill(context)
    }

    /// A circle as a line of some width.
    func circle(_ center: SIMD2<Float>, radius: Double, width: Double) {
        unsafe cairo_set_line_width(context, width)
        unsafe cairo_new_path(context)
        unsafe cairo_arc(context, Double(center.x), Double(center.y), radius, 0, 2 * Double.pi)
        unsafe cairo_stroke(context)
    }

    /// Draws within a rectangle (x, y, width, height) alone.
    func clipped(to box: SIMD4<Float>, _ body: () -> Void) {
        unsafe cairo_save(context)
        unsafe cairo_rectangle(context, Double(box.x), Double(box.y), Double(box.z), Double(box.w))
        unsafe cairo_clip(context)
        body()
        unsafe cairo_restore(context)
    }

    /// A filled disc.
    func disc(_ center: SIMD2<Float>, radius: Double) {
        unsafe cairo_arc(context, Double(center.x), Double(center.y), radius, 0, 2 * Double.pi)
        unsafe cairo_fill(context)
    }

    /// A rectangle (x, y, width, height), filled or as a line of some width.
    func rectangle(_ box: SIMD4<Float>, lineWidth: Double? = nil) {
        unsafe cairo_rectangle(context, Double(box.x), Double(box.y), Double(box.z), Double(box.w))
        if let lineWidth {
            unsafe cairo_set_line_width(context, lineWidth)
            unsafe cairo_stroke(context)
        } else {
            unsafe cairo_fill(context)
        }
    }

    /// How wide a text is, pixels.
    func width(of text: String, size: Double) -> Double {
        var extents = cairo_text_extents_t()
        unsafe cairo_set_font_size(context, size)
        unsafe cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// Writes a text; (x, y) is the left end of its base line.
    func text(_ text: String, x: Double, y: Double, size: Double) {
        unsafe cairo_set_font_size(context, size)
        unsafe cairo_move_to(context, x, y)
        unsafe cairo_show_text(context, text)
    }

    /// Writes a text that reads from bottom to top; (x, y) is the lower end of its base line.
    func upright(_ text: String, x: Double, y: Double, size: Double) {
        unsafe cairo_save(context)
        unsafe cairo_set_font_size(context, size)
        unsafe cairo_translate(context, x, y)
        unsafe cairo_rotate(context, -Double.pi / 2)
        unsafe cairo_move_to(context, 0, 0)
        unsafe cairo_show_text(context, text)
        unsafe cairo_restore(context)
    }

    /// What was drawn.
    func image() throws(PlotError) -> Image {
        let status = unsafe cairo_status(context)
        guard status == CAIRO_STATUS_SUCCESS else { throw .drawingFailed(Self.words(status)) }
        var result = Image(width: width, height: height)
        unsafe exchange { pixels, stride in
            unsafe result.bytes.withUnsafeMutableBufferPointer { bytes in
                for y in 0..<height {
                    for x in 0..<width {
                        let word = unsafe pixels.load(fromByteOffset: y * stride + x * 4, as: UInt32.self)
                        let i = (y * width + x) * 4
                        unsafe bytes[i] = UInt8(truncatingIfNeeded: word >> 16)
                        unsafe bytes[i + 1] = UInt8(truncatingIfNeeded: word >> 8)
                        unsafe bytes[i + 2] = UInt8(truncatingIfNeeded: word)
                        unsafe bytes[i + 3] = UInt8(truncatingIfNeeded: word >> 24)
                    }
                }
            }
        }
        return result
    }

    /// Gives a body the surface's own pixels and their row stride.
    private func exchange(_ body: (UnsafeMutableRawPointer, Int) -> Void) {
        unsafe cairo_surface_flush(surface)
        if let data = unsafe cairo_image_surface_get_data(surface) {
            unsafe body(UnsafeMutableRawPointer(data), Int(cairo_image_surface_get_stride(surface)))
        }
        unsafe cairo_surface_mark_dirty(surface)
    }

    private static func words(_ status: cairo_status_t) -> String {
        guard let text = unsafe cairo_status_to_string(status) else { return "unknown error" }
        return unsafe String(cString: text)
    }
}
