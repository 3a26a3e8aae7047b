internal import NIOCore
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension ProxyCause {
  init(request fault: HeadFault) {
    switch fault {
    case .malformed: self = .malformedRequest
    case .startLineTooLong: self = .requestLineTooLong
    case .fieldsTooLarge: self = .requestFieldsTooLarge
    case .unsupportedMethod: self = .unsupportedMethod
    case .unsupportedVersion: self = .unsupportedVersion
    }
  }

  init(response fault: HeadFault) {
    switch fault {
    case .startLineTooLong, .fieldsTooLarge: self = .responseHeadTooLarge
    case .malformed, .unsupportedMethod, .unsupportedVersion: self = .malformedResponse
    }
  }

  init(requestFraming fault: FramingFault) {
    switch fault {
    case .invalidLength: self = .invalidRequestLength
    case .lengthAndChunked: self = .requestLengthAndChunked
    case .unsupportedCoding: self = .unsupportedCoding
    case .faultyCoding: self = .requestTransferCoding
    }
  }

  init(responseFraming fault: FramingFault) {
    switch fault {
    case .invalidLength: self = .invalidResponseLength
    case .lengthAndChunked: self = .lengthAndChunked
    case .unsupportedCoding, .faultyCoding: self = .responseTransferCoding
    }
  }
}

extension ConnectFailure {
  /// What a failed connection attempt or a broken connection means before any byte of a response.
  init(_ error: any Error) {
    switch error {
    case let failure as ConnectFailure: self = failure
    case let cause as ProxyCause: self.init(cause: cause)
    case let error as NIOConnectionError: self = Self.resolution(error)
    case let error as ChannelError:
      if case .connectTimeout = error {
        self.init(cause: .connectionTimeout)
      } else {
        self.init(cause: .connectionTerminated)
      }
    case let error as IOError: self.init(cause: Self.system(error.errnoCode))
    case let error as SocketAddressError.UnknownHost: self = Self.unresolved(error.errorCode)
    case is SocketAddressError: self.init(cause: .dnsError)
    case is NIOSSLExtraError: self.init(cause: .tlsCertificate)
    case let error as NIOSSLError: self = Self.tls(error)
    case let error as BoringSSLError: self = Self.tlsText(String(describing: error))
    default: self.init(cause: .connectFailed)
    }
  }

  private static func resolution(_ error: NIOConnectionError) -> ConnectFailure {
    // The last attempt's failure is the one that a person would see from any other client.
    if let last = error.connectionErrors.last { return ConnectFailure(last.error) }
    if let unresolved = error.dnsAError ?? error.dnsAAAAError { return ConnectFailure(unresolved) }
    return ConnectFailure(cause: .dnsError)
  }

  /// The system's resolver hides the server's answer; what it says comes down to "no such name" and "no answer".
  static func unresolved(_ code: Int) -> ConnectFailure {
    let noSuchName = code == Int(EAI_NONAME)
    return ConnectFailure(cause: .dnsError, detail: .responseCode(noSuchName ? "NXDOMAIN" : "SERVFAIL"))
  }

  static func system(_ code: CInt) -> ProxyCause {
    switch code {
    case ECONNREFUSED: .connectionRefused
    case ETIMEDOUT: .connectionTimeout
    case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ENETDOWN, EHOSTDOWN: .destinationUnroutable
    case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN: .connectionTerminated
    case EMFILE, ENFILE: .outOfDescriptors
    default: .connectFailed
    }
  }

  private static func tls(_ error: NIOSSLError) -> ConnectFailure {
    switch error {
    case .handshakeFailed(let reason): tlsText(String(describing: reason))
    case .unableToValidateCertificate, .noCertificateToValidate: ConnectFailure(cause: .tlsCertificate)
    case .uncleanShutdown: ConnectFailure(cause: .connectionTerminated)
    default: ConnectFailure(cause: .tlsProtocol)
    }
  }

  /// The library tells its reasons only in text: "Error: 268436504 error:10000458:SSL routines:…:TLSV1_ALERT_…".
  static func tlsText(_ text: String) -> ConnectFailure {
    if text.contains("CERTIFICATE_VERIFY_FAILED") { return ConnectFailure(cause: .tlsCertificate) }
    guard text.contains("ALERT") else { return ConnectFailure(cause: .tlsProtocol) }
    return ConnectFailure(cause: .tlsAlert, detail: alert(in: text).map { .alert($0) } ?? .none)
  }

  /// The reason lies in the low 12 bits of a packed error; those of alerts begin at 1000.
  private static func alert(in text: String) -> Int? {
    for part in text.split(separator: " ") {
      let fields = part.split(separator: ":")
      guard fields.count > 1, fields[0] == "error", let code = UInt32(fields[1], radix: 16) else { continue }
      let reason = Int(code & 0xFFF)
      if (1000...1255).contains(reason) { return reason - 1000 }
    }
    return nil
  }
}
