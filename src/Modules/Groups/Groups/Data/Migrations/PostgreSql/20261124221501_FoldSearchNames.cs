using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Groups.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class FoldSearchNames : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The service folds what is not of its version, beside its other work.
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // What is looked for is folded as well, and the former version finds what has no accents.
        }
    }
}
