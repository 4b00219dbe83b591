using System.Net;
using System.Net.Sockets;

namespace FaceAspire.Local;

/// <summary>A port of the loopback address, picked by the system and kept for one service until disposal.</summary>
/// <remarks>On Linux it stays bound without listening: the service, which like every server asks for address reuse, can bind it too, again after each restart,
/// while no connection of another's gets it for its own end. Elsewhere nothing keeps it.</remarks>
internal sealed class LoopbackPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoopbackPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        if (!OperatingSystem.IsLinux())
        {
            _socket.Dispose();
        }
    }

    public int Number { get; }

    public void Dispose() => _socket.Dispose();
}
