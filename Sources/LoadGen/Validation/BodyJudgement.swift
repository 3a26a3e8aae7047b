/// What a judge says of one body.
struct BodyJudgement: Sendable {
  var verdict: Verdict
  var treatment: Treatment
  var bytesWire: Int64
  /// After inflating; 0 when the body was not inflated or compared.
  var bytesDecoded: Int64
  /// Whole gzip members; nil when the body was not gzip, or nobody looked.
  var members: Int?
  /// Of the bytes as they arrived, lower-case hexadecimal; nil unless asked for.
  var sha256: String?
  /// Of what a valid body inflates to, the same way; nil unless asked for.
  var decodedSHA256: String?
  /// False when the verdict is ISA-L's rejection alone: the bytes were gone before zlib could be asked.
  var confirmed = true
}
