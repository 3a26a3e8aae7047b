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

  /// What a failed connection attempt or a broken connection means before any byte of a response.
  init(connection error: any Error) {
    switch error {
    case let cause as ProxyCause: self = cause
    case let error as NIOConnectionError: self = Self.resolution(error)
    case let error as ChannelError:
      if case .connectTimeout = error { self = .connectionTimeout } else { self = .connectionTerminated }
    case let error as IOError: self = Self.system(error.errnoCode)
    case is SocketAddressError: self = .dnsError
    case is NIOSSLExtraError: self = .tlsCertificate
    case let error as NIOSSLError: self = Self.tls(error)
    case let error as BoringSSLError: self = Self.tlsText(String(describing: error))
    default: self = .connectFailed
    }
  }

  private static func resolution(_ error: NIOConnectionError) -> ProxyCause {
    // The last attempt's failure is the one that a person would see from any other client.
    if let last = error.connectionErrors.last { return ProxyCause(connection: last.error) }
    return .dnsError
  }

  private static func system(_ code: CInt) -> ProxyCause {
    switch code {
    case ECONNREFUSED: .connectionRefused
    case ETIMEDOUT: .connectionTimeout
    case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ENETDOWN, EHOSTDOWN: .destinationUnroutable
    case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN: .connectionTerminated
    case EMFILE, ENFILE: .outOfDescriptors
    default: .connectFailed
    }
  }

  private static func tls(_ error: NIOSSLError) -> ProxyCause {
    switch error {
    case .handshakeFailed(let reason): tlsText(String(describing: reason))
    case .unableToValidateCertificate, .noCertificateToValidate: .tlsCertificate
    case .uncleanShutdown: .connectionTerminated
    default: .tlsProtocol
    }
  }

  /// The library tells its reasons only in text.
  private static func tlsText(_ text: String) -> ProxyCause {
    if text.contains("CERTIFICATE_VERIFY_FAILED") { return .tlsCertificate }
    if text.contains("ALERT") { return .tlsAlert }
    return .tlsProtocol
  }
}
