namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>The reading half of dlib's <c>entropy_encoder::kernel_2</c>: arithmetic coding in 32 bits. What lies behind the end reads as 0.</summary>
internal ref struct DlibArithmeticDecoder
{
    private const uint HighByte = 0xFF00_0000;

    private readonly ReadOnlySpan<byte> _input;
    private int _position;
    private uint _low = 1;
    private uint _high = uint.MaxValue;
    private uint _target;
    private uint _step;

    /// <summary>Begins with the first bytes.</summary>
    public DlibArithmeticDecoder(ReadOnlySpan<byte> input)
    {
        _input = input;
        for (int i = 0; i < sizeof(uint); i++)
        {
            _target = (_target << 8) | NextByte();
        }
    }

    /// <summary>Where in a range of counts the next symbol lies; <see cref="Take"/> follows.</summary>
    /// <param name="total">Size of the range, at least 1.</param>
    /// <exception cref="InvalidDataException">No encoder wrote this.</exception>
    public uint Target(uint total)
    {
        _step = total == 0 ? 0 : (_high - _low + 1) / total;
        return _step == 0 ? throw new InvalidDataException("The compressed data is damaged.") : Math.Min((_target - _low) / _step, total - 1);
    }

    /// <summary>Passes over the symbol whose counts lie between two bounds.</summary>
    public void Take(uint low, uint high)
    {
        _high = _low + (_step * high) - 1;
        _low += _step * low;
        while (true)
        {
            if ((_high & HighByte) == (_low & HighByte))
            {
                _target = (_target << 8) | NextByte();
                _high = (_high << 8) | 0xFF;
                _low = Math.Max(_low << 8, 1);
            }
            else if (_high - _low < 0x10000)
            {
                // Too close, and no common byte: moved together about their middle until there is one.
                uint spread = _high - _low > 0x1000 ? 0xFFu : 0;
                uint middle = (_high >> 1) + (_low >> 1);
                _high = middle + spread;
                _low = middle - spread;
            }
            else
            {
                return;
            }
        }
    }

    private byte NextByte() => _position < _input.Length ? _input[_position++] : (byte)0;
}
