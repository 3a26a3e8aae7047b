/// `Want-Repr-Digest` of RFC 9530 §4: a dictionary from algorithm to a preference from 0 (not wanted) to 10.
enum WantedDigest: Equatable {
  case unsaid
  case sha256
  /// The field is there and gives sha-256 no preference, or preference 0.
  case declined

  init(_ header: String?) {
    guard let header else {
      self = .unsaid
      return
    }
    self = .declined
    for member in header.split(separator: ",") {
      let sides = member.filter { $0 != " " && $0 != "\t" }.split(separator: "=", maxSplits: 1)
      guard sides.first?.lowercased() == "sha-256" else { continue }
      let preference = sides.count == 2 ? Int(sides[1].prefix { $0 != ";" }) ?? 0 : 1
      self = preference > 0 ? .sha256 : .declined
    }
  }
}
