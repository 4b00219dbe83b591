namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>Expands what dlib's <c>compress_stream::kernel_1ea</c> wrote: prediction by partial matching of order 4 (A. Moffat, IEEE Transactions on
/// Communications 38(11), 1990, escape method D) with inherited counts (D. Shkarin, 2001), coded arithmetically.</summary>
internal ref struct DlibCompressedStream
{
    private const int Alphabet = 257; // the bytes and the end
    private const int End = 256;
    private const int Order = 4;
    private const int MaxNodes = 200_000;
    private const int MaxTotal = 10_000;
    private const int None = -1;
    private const int Root = 0;

    // A known value stands after every so many symbols.
    private const int SymbolsPerMark = 20_000;
    private const uint Mark = 1_500;
    private const uint MarkRange = 8_000;

    private readonly Node[] _nodes = new Node[MaxNodes];
    private readonly bool[] _excluded = new bool[Alphabet];
    private readonly (int New, int Context)[] _added = new (int, int)[Order + 1];
    private DlibArithmeticDecoder _coder;
    private int _nodeCount;
    private int _current;
    private int _depth;

    private DlibCompressedStream(ReadOnlySpan<byte> input)
    {
        _coder = new(input);
        Clear();
    }

    /// <summary>The expanded bytes.</summary>
    /// <param name="input">What was compressed.</param>
    /// <param name="limit">Most bytes that may come out.</param>
    /// <exception cref="InvalidDataException">Not such a stream, damaged, or too long.</exception>
    public static byte[] Expand(ReadOnlySpan<byte> input, int limit)
    {
        DlibCompressedStream stream = new(input);
        List<byte> output = [];
        for (int count = 0; ; count++)
        {
            if (count == SymbolsPerMark)
            {
                count = 0;
                if (stream._coder.Target(MarkRange) != Mark)
                {
                    throw Damaged();
                }

                stream._coder.Take(Mark, Mark + 1);
            }

            int symbol = stream.Decode();
            if (symbol == End)
            {
                break;
            }

            if (output.Count == limit)
            {
                throw Damaged();
            }

            output.Add((byte)symbol);
        }

        uint checksum = 0;
        for (int i = 0; i < sizeof(uint); i++)
        {
            checksum = (checksum << 8) | (byte)stream.Decode();
        }

        byte[] bytes = [.. output];
        return checksum == Crc32(bytes) ? bytes : throw Damaged();
    }

    private static InvalidDataException Damaged() => new("The compressed data is damaged.");

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }

    private void Clear()
    {
        _nodes[Root] = new() { Next = None, Child = None, Parent = None };
        (_nodeCount, _current, _depth) = (1, Root, 0);
    }

    /// <summary>The next symbol: asks the longest known context, and a shorter one with every escape.</summary>
    private int Decode()
    {
        Array.Clear(_excluded);
        int context = _current;
        int depth = _depth;
        int next = None;  // the current node from the next symbol on
        int added = None; // the node that was made last
        int addedCount = 0;
        bool excluding = false;
        while (true)
        {
            if (_nodeCount >= MaxNodes)
            {
                // No room: forget everything.
                Clear();
                (context, depth, next, added, addedCount) = (_current, _depth, None, None, 0);
            }

            int made;
            if (_nodes[context].Total > 0)
            {
                if (_nodes[context].Total > MaxTotal)
                {
                    Halve(context);
                }

                uint total = excluding ? NotExcludedTotal(context) : _nodes[context].Total;
                uint target = _coder.Target(total);
                uint high = 0;
                int last = None;
                int node = _nodes[context].Child;
                while (true)
                {
                    ref bool excluded = ref _excluded[_nodes[node].Symbol];
                    if (!excluded)
                    {
                        high += _nodes[node].Count;
                        excluded = excluding = true;
                    }

                    if (high > target || _nodes[node].Next == None)
                    {
                        break;
                    }

                    (last, node) = (node, _nodes[node].Next);
                }

                if (high > target)
                {
                    if (added != None)
                    {
                        _nodes[added].Parent = node;
                    }

                    _coder.Take(high - _nodes[node].Count, high);
                    ushort count = _nodes[node].Count += 8;
                    ushort contextTotal = _nodes[context].Total += 8;
                    if (last != None)
                    {
                        _nodes[last].Next = _nodes[node].Next;
                        _nodes[node].Next = _nodes[context].Child;
                        _nodes[context].Child = node;
                    }

                    if (next == None)
                    {
                        (next, _depth) = depth < Order ? (node, depth + 1) : (_nodes[node].Parent, depth);
                    }

                    return Learn(_nodes[node].Symbol, next, addedCount, count, contextTotal);
                }

                made = _nodeCount++;
                _nodes[node].Next = made;
                _coder.Take(high, total);
            }
            else
            {
                made = _nodeCount++;
                _nodes[context].Child = made;
            }

            if (added != None)
            {
                _nodes[added].Parent = made;
            }

            added = made;
            if (next == None && depth < Order)
            {
                (next, _depth) = (made, depth + 1);
            }

            _nodes[made] = new() { Next = None, Child = None, Parent = None };
            if (addedCount == _added.Length)
            {
                throw Damaged();
            }

            _added[addedCount++] = (made, context);
            if (context == Root)
            {
                // Never seen in any context: all symbols are as likely.
                uint symbol = _coder.Target(Alphabet);
                _coder.Take(symbol, symbol + 1);
                _nodes[made].Parent = Root;
                if (next == None)
                {
                    (next, _depth) = (Root, 0);
                }

                return Learn((int)symbol, next, addedCount, count: 8, contextTotal: 2_056);
            }

            context = _nodes[context].Parent;
            depth--;
        }
    }

    /// <summary>Gives the new nodes their symbol, and a count after how likely it was where it was found.</summary>
    private int Learn(int symbol, int next, int addedCount, uint count, uint contextTotal)
    {
        _current = next;
        while (addedCount > 0)
        {
            var (node, parent) = _added[--addedCount];
            ref var context = ref _nodes[parent];
            _nodes[node].Symbol = (ushort)symbol;
            if (context.Total > 0)
            {
                ulong others = (ulong)((long)contextTotal - count + context.Total - (2L * context.Escapes));
                ulong inherited = Math.Min(((ulong)context.Total * count / (others | 1)) + 2, 50_000);
                _nodes[node].Count = (ushort)inherited;
                context.Escapes += 4;
                context.Total += (ushort)(inherited + 4);
            }
            else
            {
                _nodes[node].Count = (ushort)(3 + (5 * count / (contextTotal - count)));
                context.Escapes = 4;
                context.Total = (ushort)(_nodes[node].Count + 4);
            }

            while (context.Total > MaxTotal)
            {
                Halve(parent);
            }
        }

        return symbol;
    }

    private readonly uint NotExcludedTotal(int context)
    {
        uint total = _nodes[context].Escapes;
        for (int node = _nodes[context].Child; node != None; node = _nodes[node].Next)
        {
            total += _excluded[_nodes[node].Symbol] ? 0u : _nodes[node].Count;
        }

        return total;
    }

    private readonly void Halve(int context)
    {
        ref var parent = ref _nodes[context];
        parent.Escapes = (ushort)(parent.Escapes > 1 ? parent.Escapes / 2 : parent.Escapes);
        parent.Total = parent.Escapes;
        for (int node = parent.Child; node != None; node = _nodes[node].Next)
        {
            ref ushort count = ref _nodes[node].Count;
            count = (ushort)(count > 1 ? count / 2 : count);
            parent.Total += count;
        }
    }

    /// <summary>A context: the symbols on the way to it. Its children are a chain.</summary>
    private struct Node
    {
        public int Next;
        public int Child;
        public int Parent; // the context without its first symbol
        public ushort Symbol;
        public ushort Count;
        public ushort Total;
        public ushort Escapes;
    }
}
