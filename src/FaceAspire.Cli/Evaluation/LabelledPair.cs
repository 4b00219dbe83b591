using Microsoft.VisualBasic.FileIO;

namespace FaceAspire.Cli.Evaluation;

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
        try
        {
            using var csv = new TextFieldParser(file.FullName) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
            string[] header = csv.ReadFields() ?? [];
            int first = Column("file1"), second = Column("file2"), same = Column("same");
            List<LabelledPair> pairs = [];
            for (long line = csv.LineNumber; csv.ReadFields() is { } fields; line = csv.LineNumber)
            {
                if (fields.Length != header.Length || Label(fields[same]) is not { } label)
                {
                    throw new CommandException($"{file.Name}: line {line} is not of the form that its header says, with 1 or 0 for same.");
                }

                pairs.Add(new(fields[first], fields[second], label));
            }

            return pairs.Count > 0 ? pairs : throw new CommandException($"{file.Name} has no pairs.");

            int Column(string name) => Array.FindIndex(header, column => column.Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) is var at and >= 0
                ? at
                : throw new CommandException($"{file.Name} has no column {name}.");
        }
        catch (MalformedLineException exception)
        {
            throw new CommandException($"{file.Name}: line {exception.LineNumber} is no line of a CSV.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.Name} cannot be read.", exception);
        }
    }

    private static bool? Label(string text) => text.Trim().ToUpperInvariant() switch
    {
        "1" or "TRUE" => true,
        "0" or "FALSE" => false,
        _ => null,
    };
}
