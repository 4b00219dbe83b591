namespace FaceAspire.Gallery.Sqlite;

/// <summary>What is to be done to a row of a space's index once the transaction is on the disk.</summary>
/// <param name="Kind">What.</param>
/// <param name="Space">The space.</param>
/// <param name="Row">The row.</param>
/// <param name="Face">The face, when it is written.</param>
/// <param name="Subject">The subject, when it is written or given another.</param>
/// <param name="Vector">The vector, when it is written.</param>
internal readonly record struct RowEdit(RowEditKind Kind, long Space, int Row, long Face = 0, long Subject = 0, ReadOnlyMemory<float> Vector = default);

/// <summary>The three edits of a row.</summary>
internal enum RowEditKind
{
    /// <summary>Face, subject and vector are written.</summary>
    Write,

    /// <summary>The row is given another subject.</summary>
    Assign,

    /// <summary>The row is emptied.</summary>
    Remove,
}
