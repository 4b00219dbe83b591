namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>A line of a file of pairs.</summary>
/// <param name="File1">First picture, from the file's folder.</param>
/// <param name="File2">Second picture.</param>
/// <param name="Same">Whether both show one person.</param>
internal sealed record LabelledPair(string File1, string File2, bool Same)
{
    /// <summary>Reads the columns <c>file1</c>, <c>file2</c> and <c>same</c> (1, 0, true or false), in any order, among others.</summary>
    /// <exception cref="CommandException">The file cannot be read, or a line is not of that form.</exception>
    public static IReadOnlyList<LabelledPair> Read(FileInfo file)
    {
        var csv = LabelledFile.Read(file);
        int first = csv.Column("file1"), second = csv.Column("file2"), same = csv.Column("same");
        var pairs = csv.Lines.Select(line => new LabelledPair(
            line.PictureIn(first),
            line.PictureIn(second),
            Label(line[same]) ?? throw line.Wrong($"has '{line[same]}' where 1 or 0 says whether both are the same"))).ToList();
        return pairs.Count > 0 ? pairs : throw new CommandException($"{file.Name} has no pairs.");
    }

    private static bool? Label(string text) => text.ToUpperInvariant() switch
    {
        "1" or "TRUE" => true,
        "0" or "FALSE" => false,
        _ => null,
    };
}
