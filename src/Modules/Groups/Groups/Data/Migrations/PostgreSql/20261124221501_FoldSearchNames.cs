using Beat.Messaging.Shared.Infrastructure.Text;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Groups.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class FoldSearchNames : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.FoldColumn("groups", "groups", "search_name");

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // What is looked for is folded as well, and the former version finds what has no accents.
        }
    }
}
