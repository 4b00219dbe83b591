namespace FaceAspire.Cli;

/// <summary>Prints rows as aligned text: the first column to the left, the others to the right.</summary>
internal static class TextTable
{
    /// <param name="output">Where to print.</param>
    /// <param name="rows">The header first; all of one length.</param>
    public static void Write(TextWriter output, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length))];
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))));
        }
    }
}
