using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Messages.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class AddReadState : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "group_heads",
                schema: "messages",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    head_seq = table.Column<long>(type: "bigint", nullable: false),
                    last_message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_activity_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_group_heads", x => x.group_id);
                });

            migrationBuilder.CreateTable(
                name: "mentions",
                schema: "messages",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mentions", x => new { x.message_id, x.profile_id });
                });

            migrationBuilder.CreateTable(
                name: "read_marks",
                schema: "messages",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_read_marks", x => new { x.profile_id, x.group_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_mentions_profile_id_group_id_seq",
                schema: "messages",
                table: "mentions",
                columns: new[] { "profile_id", "group_id", "seq" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "group_heads",
                schema: "messages");

            migrationBuilder.DropTable(
                name: "mentions",
                schema: "messages");

            migrationBuilder.DropTable(
                name: "read_marks",
                schema: "messages");
        }
    }
}
