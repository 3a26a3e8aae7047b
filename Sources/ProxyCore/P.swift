import DequeModule
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ToolSupport
import UnixSignals

enum Placeholder {}
