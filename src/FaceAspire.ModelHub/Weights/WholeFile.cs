namespace FaceAspire.ModelHub.Weights;

/// <summary>Reads a container whose bytes are all in memory while it is open.</summary>
internal static class WholeFile
{
    // More than any network that comes in such a container.
    private const int Largest = 1 << 30;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="container">What it is called in messages, such as <c>MXNet</c>.</param>
    /// <param name="read">Reads its bytes, which it may keep; throws <see cref="InvalidDataException"/> for what is wrong with them.</param>
    /// <exception cref="InvalidDataException">It is too large, damaged or of another kind.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightFile Open(string path, string container, Func<byte[], WeightFile> read)
    {
        using var file = File.OpenRead(path);
        byte[] bytes = file.Length <= Largest ? new byte[file.Length] : throw new InvalidDataException($"The {container} file has {file.Length} bytes, more than any network.");
        file.ReadExactly(bytes);
        try
        {
            return read(bytes);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The {container} file is damaged or none: {exception.Message}", exception);
        }
    }
}
