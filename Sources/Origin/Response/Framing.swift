/// How a response says where its body ends (RFC 9112 §6.3).
enum Framing: String, CaseIterable, Sendable {
  case length, chunked, close
}
