import CKairaKernels

/// Where the rows of an operand lie: tokens or pixels, channels last.
///
/// An image of the batch has `groups` groups of `rows` rows. Strides are bytes. int8 rows have a scale and a minimum each.
@safe package struct TokenRows {
    package var type: TransformerKernels.NumberType
    package var groups: Int
    package var rows: Int
    package var columns: Int
    package var base: UnsafeMutableRawPointer
    package var row: Int
    package var group: Int
    package var batch: Int
    /// int8: scale and minimum of each row, and strides in rows.
    package var quantised: UnsafeMutablePointer<Float>?
    package var quantisedRow = 1
    package var quantisedGroup = 0
    package var quantisedBatch = 0

    var strides: kaira_strides { kaira_strides(row: Int64(row), group: Int64(group), batch: Int64(batch)) }
    var quantisedStrides: kaira_strides {
        kaira_strides(row: Int64(quantisedRow), group: Int64(quantisedGroup), batch: Int64(quantisedBatch))
    }

    /// The same rows as one group: only for rows that lie one after the other.
    package var flattened: TokenRows {
        var result = self
        result.groups = 1
        result.rows = groups * rows
        result.group = 0
        result.quantisedGroup = 0
        return result
    }

    /// The same rows in groups of `rows`.
    package func grouped(rows count: Int) -> TokenRows {
        var result = self
        result.groups = groups * rows / count
        result.rows = count
        result.group = row * count
        result.quantisedGroup = quantisedRow * count
        return result
    }
}
