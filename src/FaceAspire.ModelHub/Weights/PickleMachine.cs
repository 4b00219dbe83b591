using System.Buffers.Binary;
using System.Text;

namespace FaceAspire.ModelHub.Weights;

/// <summary>Reads a pickle of PyTorch as data. It knows the operations that a saved dictionary of tensors needs and the classes of such a file, and calls nothing: any other
/// operation or class is refused by its name (Python's <c>pickletools</c> lists the operations).</summary>
/// <remarks>Values are: null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, lists of values for tuples and lists,
/// lists of <see cref="KeyValuePair{TKey, TValue}"/> for dictionaries, <see cref="PickleClass"/>, <see cref="TorchStorage"/> and <see cref="TorchTensor"/>.</remarks>
internal ref struct PickleMachine(ReadOnlySpan<byte> bytes)
{
    private const int LargestStack = 1 << 20;

    private static readonly object _mark = new();
    private static readonly UTF8Encoding _text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memory = [];
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>How many bytes have been read.</summary>
    public readonly int Position => _position;

    /// <summary>Reads one pickle up to its end.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or holds more than tensors.</exception>
    public object? Read()
    {
        _stack.Clear();
        _memory.Clear();
        while (true)
        {
            byte operation = Take(1)[0];
            if (operation == '.')
            {
                return Pop();
            }

            Apply((char)operation);
            if (_stack.Count > LargestStack)
            {
                throw new InvalidDataException("A pickle has too many values.");
            }
        }
    }

    private void Apply(char operation)
    {
        switch (operation)
        {
            case '\x80': // PROTO
                Take(1);
                break;
            case '\x95': // FRAME
                Take(8);
                break;
            case '(': // MARK
                _stack.Add(_mark);
                break;
            case ')': // EMPTY_TUPLE
            case ']': // EMPTY_LIST
                _stack.Add(new List<object?>());
                break;
            case '}': // EMPTY_DICT
                _stack.Add(new List<KeyValuePair<object?, object?>>());
                break;
            case 'N': // NONE
                _stack.Add(null);
                break;
            case '\x88': // NEWTRUE
            case '\x89': // NEWFALSE
                _stack.Add(operation == '\x88');
                break;
            case 'K': // BININT1
                _stack.Add((long)Take(1)[0]);
                break;
            case 'M': // BININT2
                _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case 'J': // BININT
                _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case '\x8a': // LONG1
                _stack.Add(LongInteger(Take(Take(1)[0])));
                break;
            case 'G': // BINFLOAT
                _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case 'X': // BINUNICODE
                _stack.Add(Text(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))));
                break;
            case '\x8c': // SHORT_BINUNICODE
                _stack.Add(Text(Take(Take(1)[0])));
                break;
            case 'q': // BINPUT
                _memory[Take(1)[0]] = Top();
                break;
            case 'r': // LONG_BINPUT
                _memory[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top();
                break;
            case '\x94': // MEMOIZE
                _memory[_memory.Count] = Top();
                break;
            case 'h': // BINGET
                _stack.Add(Remembered(Take(1)[0]));
                break;
            case 'j': // LONG_BINGET
                _stack.Add(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case 't': // TUPLE
                _stack.Add(PopToMark());
                break;
            case '\x85': // TUPLE1
            case '\x86': // TUPLE2
            case '\x87': // TUPLE3
                int count = operation - '\x84';
                List<object?> tuple = [.. Enumerable.Range(0, count).Select(_ => (object?)null)];
                for (int i = count - 1; i >= 0; i--)
                {
                    tuple[i] = Pop();
                }

                _stack.Add(tuple);
                break;
            case 'a': // APPEND
                object? last = Pop();
                Top<List<object?>>("a list").Add(last);
                break;
            case 'e': // APPENDS
                var items = PopToMark();
                Top<List<object?>>("a list").AddRange(items);
                break;
            case 's': // SETITEM
                object? value = Pop();
                object? key = Pop();
                Top<List<KeyValuePair<object?, object?>>>("a dictionary").Add(new(key, value));
                break;
            case 'u': // SETITEMS
                var pairs = PopToMark();
                var dictionary = Top<List<KeyValuePair<object?, object?>>>("a dictionary");
                for (int i = 0; i + 1 < pairs.Count; i += 2)
                {
                    dictionary.Add(new(pairs[i], pairs[i + 1]));
                }

                break;
            case 'c': // GLOBAL
                string module = Line();
                _stack.Add(PickleClass.Of($"{module}.{Line()}"));
                break;
            case '\x93': // STACK_GLOBAL
                object? name = Pop();
                _stack.Add(PickleClass.Of($"{Pop()}.{name}"));
                break;
            case 'R': // REDUCE
                var arguments = Pop() as List<object?> ?? throw new InvalidDataException("A pickle is damaged: a call has no arguments.");
                _stack.Add(Pop() is PickleClass made ? made.Make(arguments) : throw new InvalidDataException("A pickle calls what is no class."));
                break;
            case 'Q': // BINPERSID
                _stack.Add(TorchStorage.Of(Pop()));
                break;
            case 'b': // BUILD: attributes of a dictionary, such as the versions of modules
                Pop();
                Top<List<KeyValuePair<object?, object?>>>("a dictionary");
                break;
            default:
                throw new InvalidDataException($"A pickle has the operation 0x{(int)operation:x2} at {_position - 1}, which no file of tensors needs.");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _position)
        {
            throw new InvalidDataException("A pickle ends too early.");
        }

        var taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    private string Line()
    {
        int length = _bytes[_position..].IndexOf((byte)'\n');
        string line = length is >= 0 and < 200 ? Text(Take(length)) : throw new InvalidDataException("A pickle has a class without a name.");
        Take(1);
        return line;
    }

    private static int Length(uint length) => length <= int.MaxValue ? (int)length : throw new InvalidDataException("A pickle ends too early.");

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _text.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException("A pickle has a text that is none.", exception);
        }
    }

    /// <summary>An integer of any length; one beyond 64 bits, as PyTorch's mark at the head of a file, counts as 0: nothing that is used is that large.</summary>
    private static long LongInteger(ReadOnlySpan<byte> bytes) => bytes.Length <= sizeof(long) ? (long)new System.Numerics.BigInteger(bytes) : 0;

    private readonly object? Remembered(long index) => _memory.TryGetValue(index, out object? value) ? value : throw new InvalidDataException("A pickle is damaged: it recalls what it never kept.");

    private readonly object? Top() => _stack.Count > 0 && _stack[^1] != _mark ? _stack[^1] : throw new InvalidDataException("A pickle is damaged: a value is missing.");

    private readonly T Top<T>(string what) where T : class => Top() as T ?? throw new InvalidDataException($"A pickle is damaged: {what} is expected.");

    private readonly object? Pop()
    {
        object? value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly List<object?> PopToMark()
    {
        int mark = _stack.LastIndexOf(_mark);
        if (mark < 0)
        {
            throw new InvalidDataException("A pickle is damaged: a mark is missing.");
        }

        var values = _stack.GetRange(mark + 1, _stack.Count - mark - 1);
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }
}
