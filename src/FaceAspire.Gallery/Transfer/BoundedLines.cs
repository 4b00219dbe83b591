using System.Buffers;
using System.IO.Pipelines;

namespace FaceAspire.Gallery.Transfer;

/// <summary>Lines of a stream, ended by a line feed, with or without a carriage return, or its end. A line that is too long is passed over in bounded memory.</summary>
/// <param name="input">The bytes.</param>
/// <param name="maxLength">Longest line kept, in bytes.</param>
internal sealed class BoundedLines(PipeReader input, int maxLength)
{
    private SequencePosition? _read;

    /// <summary>Number of the line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The line without its end; valid until the next one is read, empty when it is too long.</summary>
    public ReadOnlySequence<byte> Line { get; private set; }

    /// <summary>Whether the line has more bytes than allowed.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Goes to the next line; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_read is { } read)
        {
            input.AdvanceTo(read);
            _read = null;
        }

        IsTooLong = false;
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                _read = buffer.GetPosition(1, end);
                return Take(buffer.Slice(0, end));
            }

            if (result.IsCompleted)
            {
                _read = buffer.End;
                return (!buffer.IsEmpty || IsTooLong) && Take(buffer);
            }

            if (buffer.Length > maxLength)
            {
                IsTooLong = true;
            }

            input.AdvanceTo(IsTooLong ? buffer.End : buffer.Start, buffer.End);
        }
    }

    private bool Take(ReadOnlySequence<byte> line)
    {
        Number++;
        IsTooLong |= line.Length > maxLength;
        Line = IsTooLong ? ReadOnlySequence<byte>.Empty : EndsWithReturn(line) ? line.Slice(0, line.Length - 1) : line;
        return true;
    }

    private static bool EndsWithReturn(ReadOnlySequence<byte> line) => !line.IsEmpty && line.Slice(line.Length - 1).FirstSpan[0] == (byte)'\r';
}
