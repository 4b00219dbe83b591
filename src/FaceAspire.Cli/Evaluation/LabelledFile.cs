using System.Globalization;
using Microsoft.VisualBasic.FileIO;

namespace FaceAspire.Cli.Evaluation;

/// <summary>A CSV with a header, its columns found by name without regard to case; further columns are left alone.</summary>
internal sealed class LabelledFile
{
    private readonly string[] _header;

    private LabelledFile(string name, string[] header, IReadOnlyList<Line> lines) => (Name, _header, Lines) = (name, header, lines);

    /// <summary>Name of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>The lines below the header, each with as many fields as it.</summary>
    public IReadOnlyList<Line> Lines { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">It cannot be read, or a line is no CSV or has not the header's number of fields.</exception>
    public static LabelledFile Read(FileInfo file)
    {
        try
        {
            using var csv = new TextFieldParser(file.FullName) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
            string[] header = csv.ReadFields() ?? [];
            List<Line> lines = [];
            for (long number = csv.LineNumber; csv.ReadFields() is { } fields; number = csv.LineNumber)
            {
                var line = new Line(file.Name, number, fields);
                lines.Add(fields.Length == header.Length ? line : throw line.Wrong($"has {fields.Length} fields where the header has {header.Length}"));
            }

            return new(file.Name, header, lines);
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

    /// <summary>Where a column is.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public int Column(string name) => OptionalColumn(name) ?? throw new CommandException($"{Name} has no column {name}.");

    /// <summary>Where a column is; null when there is none of that name.</summary>
    public int? OptionalColumn(string name) =>
        Array.FindIndex(_header, column => column.Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) is var at and >= 0 ? at : null;

    /// <summary>A line of the file.</summary>
    /// <param name="File">Name of the file, for messages.</param>
    /// <param name="Number">Counted from 1, the header among them.</param>
    /// <param name="Fields">Its fields, trimmed.</param>
    internal sealed record Line(string File, long Number, IReadOnlyList<string> Fields)
    {
        /// <summary>A field; empty for a column that is not there.</summary>
        public string this[int? column] => column is { } at ? Fields[at] : "";

        /// <summary>A field that names a picture.</summary>
        /// <exception cref="CommandException">It is empty.</exception>
        public string PictureIn(int column) => Fields[column] is { Length: > 0 } name ? name : throw Wrong("names no picture");

        /// <summary>A field's finite number; null when it is empty.</summary>
        /// <exception cref="CommandException">It is something else.</exception>
        public float? NumberIn(int? column) => this[column] switch
        {
            "" => null,
            var text when float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) => number,
            var text => throw Wrong($"has '{text}' where a number belongs"),
        };

        /// <summary>What to throw for a line that is wrong, worded to follow "line 7".</summary>
        public CommandException Wrong(string what) => new($"{File}: line {Number} {what}.");
    }
}
