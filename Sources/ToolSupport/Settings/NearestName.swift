/// What was probably meant by a name that does not exist.
public enum NearestName {
  /// The known name with the fewest edits, where these are few enough to be a slip. Names sort before their distance does
  /// so that the answer is always the same.
  public static func suggestion(for name: String, among known: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8.prefix(64))
    let allowed = max(1, wanted.count / 3)
    let ranked = known.sorted().map { (name: $0, edits: distance(wanted, Array($0.utf8))) }
    return ranked.min { $0.edits < $1.edits }.flatMap { $0.edits <= allowed ? $0.name : nil }
  }

  /// Levenshtein's, and two letters that changed places count as one edit, as that is the commonest slip. Three rows.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var edits = min(previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
          edits = min(edits, beforePrevious[column - 1] + 1)
        }
        current.append(edits)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
