using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Messages.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class Loans : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "loans",
                schema: "messages",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    garment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    lender_id = table.Column<Guid>(type: "uuid", nullable: true),
                    borrower_id = table.Column<Guid>(type: "uuid", nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    inserted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    move_count = table.Column<int>(type: "integer", nullable: false),
                    reminders = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_loans", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "loan_moves",
                schema: "messages",
                columns: table => new
                {
                    loan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    action = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_loan_moves", x => new { x.loan_id, x.number });
                    table.ForeignKey(
                        name: "fk_loan_moves_loans_loan_id",
                        column: x => x.loan_id,
                        principalSchema: "messages",
                        principalTable: "loans",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_loans_borrower_id_inserted_at",
                schema: "messages",
                table: "loans",
                columns: new[] { "borrower_id", "inserted_at" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_group_id_state",
                schema: "messages",
                table: "loans",
                columns: new[] { "group_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_lender_id_garment_id",
                schema: "messages",
                table: "loans",
                columns: new[] { "lender_id", "garment_id" },
                unique: true,
                filter: "state in (1, 5)");

            migrationBuilder.CreateIndex(
                name: "ix_loans_lender_id_inserted_at",
                schema: "messages",
                table: "loans",
                columns: new[] { "lender_id", "inserted_at" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_message_id",
                schema: "messages",
                table: "loans",
                column: "message_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_loans_state_due_at",
                schema: "messages",
                table: "loans",
                columns: new[] { "state", "due_at" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_state_expires_at",
                schema: "messages",
                table: "loans",
                columns: new[] { "state", "expires_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "loan_moves",
                schema: "messages");

            migrationBuilder.DropTable(
                name: "loans",
                schema: "messages");
        }
    }
}
