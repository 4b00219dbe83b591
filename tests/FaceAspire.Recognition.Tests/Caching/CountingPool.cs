using System.Buffers;
using System.Collections.Concurrent;

namespace FaceAspire.Recognition.Tests.Caching;

/// <summary>A pool that knows what is out, refuses what comes back twice, and spoils what has come back, so that a late reader is seen.</summary>
internal sealed class CountingPool : ArrayPool<byte>
{
    private readonly ConcurrentDictionary<byte[], bool> _out = new();
    private int _rented;

    /// <summary>Arrays handed out so far.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>Arrays that have not come back.</summary>
    public int Outstanding => _out.Count;

    public override byte[] Rent(int minimumLength)
    {
        byte[] array = new byte[minimumLength + 5]; // like any pool, more than was asked for
        Interlocked.Increment(ref _rented);
        _out[array] = true;
        return array;
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        if (!_out.TryRemove(array, out _))
        {
            throw new InvalidOperationException("An array came back twice.");
        }

        Array.Fill(array, (byte)0xEE);
    }
}
