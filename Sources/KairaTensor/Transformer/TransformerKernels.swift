import CKairaKernels

/// The transformer kernels of one instruction set.
@safe package struct TransformerKernels: Sendable {
    /// Points to a constant.
    let handle: UnsafeSendablePointer

    /// A pointer to a constant, which any thread may read.
    @safe struct UnsafeSendablePointer: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// The fastest that this CPU can run.
    package static let best = unsafe TransformerKernels(
        handle: UnsafeSendablePointer(pointer: kaira_transformer_best()))

    /// Every set that this CPU can run, the plain one first.
    package static var all: [TransformerKernels] {
        let names: [String] = ["generic", "avx2", "avx512", "avx512vnni", "avx512bf16", "amx"]
        return names.compactMap { name in
            guard let pointer = unsafe kaira_transformer_named(name) else { return nil }
            return unsafe TransformerKernels(handle: UnsafeSendablePointer(pointer: pointer))
        }
    }

    /// Its name.
    package var name: String { unsafe String(cString: kaira_transformer_name(handle.pointer)) }

    /// Whether products of this type have instructions of their own.
    package func has(_ type: NumberType) -> Bool { unsafe kaira_transformer_has(handle.pointer, type.rawValue) != 0 }

    /// Whether attention can work on bfloat16 queries, keys and values.
    package var hasHalfAttention: Bool { unsafe kaira_transformer_halves(handle.pointer) != 0 }

    /// Whether it is faster so: on some CPUs bfloat16 runs at twice the rate of float32, on others at half. A millisecond.
    package func halfAttentionPays() -> Bool { hasHalfAttention && peak(.bfloat16) > 1.2 * peak(.float32) }

    /// Whether int8 products are added in pairs of 16 bits, so that the step of a row of weights is a 127th of its largest
    /// weight or sum of a pair of neighbours, whichever is larger.
    package var addsPairs: Bool { unsafe kaira_transformer_pairs(handle.pointer) != 0 }

    /// Whether rounding to bfloat16 costs next to nothing, so that it saves time where it only halves what is stored.
    package var hasCheapRounding: Bool { unsafe kaira_transformer_rounds(handle.pointer) != 0 }

    /// Columns of one panel of packed weights.
    package var panel: Int { Int(unsafe kaira_transformer_panel(handle.pointer)) }

    /// `columns` rounded up to whole panels.
    package func padded(_ columns: Int) -> Int { (columns + panel - 1) / panel * panel }

    /// Bytes of one activation.
    package func size(_ type: NumberType) -> Int {
        Int(unsafe kaira_transformer_element(handle.pointer, type.rawValue))
    }

    /// Billions of multiplications with additions a second that one thread could do at most, measured now.
    package func peak(_ type: NumberType) -> Double { unsafe kaira_transformer_peak(handle.pointer, type.rawValue) }

    /// The same of all threads of a pool at once, kept up for a quarter of a second.
    package func peak(_ type: NumberType, on pool: ThreadPool) -> Double {
        unsafe kaira_transformer_shared_peak(handle.pointer, pool.handle, type.rawValue)
    }

    /// The number types that operands of a product can have.
    package enum NumberType: Int32, Sendable, Hashable, CaseIterable {
        case float32 = 0
        case bfloat16 = 1
        case int8 = 2
    }
}

extension TransformerKernels.NumberType {
    /// The type that a precision asks for; nil for `auto`.
    package init?(_ precision: Precision) {
        switch precision {
        case .auto: return nil
        case .float32: self = .float32
        case .bfloat16: self = .bfloat16
        case .int8: self = .int8
        }
    }

    /// The precision of that type.
    package var precision: Precision {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }
}
