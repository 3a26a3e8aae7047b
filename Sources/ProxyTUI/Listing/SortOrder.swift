/// By what a table is sorted; without one it has its natural order.
struct SortOrder: Equatable, Sendable {
  var field: Field
  var isDescending: Bool

  init(_ field: Field) {
    self.field = field
    isDescending = field.isDescendingFirst
  }

  /// Positions of rows in this order, by their values of its field. Stable: equals keep their natural order; rows without a value come
  /// last either way.
  func order(of keys: [FieldValue?]) -> [Int] {
    keys.indices.sorted { left, right in
      switch (keys[left], keys[right]) {
      case (let one?, let other?):
        if FieldValue.isLess(one, other) { return !isDescending }
        if FieldValue.isLess(other, one) { return isDescending }
        return left < right
      case (.some, nil): return true
      case (nil, .some): return false
      case (nil, nil): return left < right
      }
    }
  }
}
