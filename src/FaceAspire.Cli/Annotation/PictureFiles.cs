using FaceAspire.Vision.Imaging;

namespace FaceAspire.Cli.Annotation;

/// <summary>Which pictures are drawn on, and where each goes.</summary>
internal static class PictureFiles
{
    private const string Extension = ".png";

    /// <summary>Pairs every picture with its file: the output itself for one picture, else one of the picture's name in the folder that the output names.</summary>
    /// <param name="inputs">Pictures, and folders whose pictures are meant: the files directly in them that begin as a picture does.</param>
    /// <param name="output">A file, or a folder, which need not exist.</param>
    /// <exception cref="CommandException">There is no picture, a folder cannot be read, two pictures would become one file, or a picture would be overwritten.</exception>
    public static IReadOnlyList<(string Picture, string Target)> Pair(IReadOnlyList<string> inputs, string output)
    {
        if (inputs.Append(output).Any(string.IsNullOrWhiteSpace))
        {
            throw new CommandException("A picture or the output has an empty name.");
        }

        bool toFolder = inputs.Count > 1 || Directory.Exists(inputs[0]) || Directory.Exists(output);
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string picture in inputs.SelectMany(PicturesOf).Distinct(StringComparer.Ordinal))
        {
            string target = Path.GetFullPath(toFolder ? Path.Combine(output, Path.GetFileNameWithoutExtension(picture) + Extension) : output);
            if (!targets.TryAdd(target, picture))
            {
                throw new CommandException($"{targets[target]} and {picture} would both become {Path.GetFileName(target)}; give them one after the other, with an output for each.");
            }
        }

        if (targets.Count == 0)
        {
            throw new CommandException($"{string.Join(", ", inputs)}: no picture there.");
        }

        return targets.Values.FirstOrDefault(picture => targets.ContainsKey(Path.GetFullPath(picture))) is { } endangered
            ? throw new CommandException($"{endangered} would be overwritten; name another output.")
            : [.. targets.Select(static pair => (pair.Value, pair.Key))];
    }

    private static IEnumerable<string> PicturesOf(string input)
    {
        if (!Directory.Exists(input))
        {
            return [input];
        }

        try
        {
            return [.. Directory.EnumerateFiles(input).Where(IsPicture).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{input} cannot be read.", exception);
        }
    }

    private static bool IsPicture(string path)
    {
        Span<byte> head = stackalloc byte[ImageFormats.HeadLength];
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return ImageFormats.Sniff(head[..length]) is { } format && ImageFormats.IsAccepted(format);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true; // told of when it is read
        }
    }
}
